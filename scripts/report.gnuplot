# SPDX-License-Identifier: MIT
#
# scripts/report's timelines: one lane per task, and behind it a bar with the
# shares of the whole run. Loads the file `slices` here and writes an SVG to
# standard output; narrow = 1 for a phone's screen. A state is known by its
# pattern and its height, not by its colour alone; the background is painted.

load 'slices'

width = narrow ? 400 : 960
entries = has[1] + has[2] + has[3] + has[4] + has[5] + has[6]
key_rows = narrow ? entries : entries > 3 ? 2 : 1
height = 44 * (bottom - top) + 26 * key_rows + 80
set terminal svg size width,height dynamic enhanced \
    font narrow ? 'sans-serif,16' : 'sans-serif,17' background rgb 'white'

# The bars are behind the end of the window.
bar = window * (narrow ? 1.1 : 1.05)
bar_width = window * (narrow ? 0.35 : 0.25)
set xrange [0:bar + bar_width]
set yrange [bottom:top]
set label 1 'whole run' at bar + bar_width / 2, top + 0.22 center
set xlabel 'milliseconds' offset 0, 0.3
set border 0
set arrow 1 from 0, bottom to window, bottom nohead lw 1.5
set tics nomirror out scale 0.6
set ytics scale 0
set xtics 0, narrow ? 50 : 10, window
set key at screen 0.5, screen 1 center top horizontal samplen 2 \
    maxrows key_rows reverse Left
set tmargin at screen 1 - (26.0 * key_rows + 14) / height
set rmargin narrow ? 1 : 2

# That column of a slice in that state; a share in percent, as a place.
slice(state, column_) = $1 == state ? column(column_) : NaN
share(state, column_) = $1 == state ? \
    bar + bar_width * column(column_) / 100 : NaN
plot \
    $slices using (slice(2, 3)):2:3:4:($2 - 0.4):($2 + 0.4) with boxxyerror \
        lc rgb '#000000' fs solid 1 border lc rgb '#000000' \
        title has[2] ? 'holds the lock' : '', \
    $slices using (slice(1, 3)):2:3:4:($2 - 0.4):($2 + 0.4) with boxxyerror \
        lc rgb '#0072B2' fs pattern 4 border lc rgb '#0072B2' \
        title has[1] ? 'runs' : '', \
    $slices using (slice(3, 3)):2:3:4:($2 - 0.06):($2 + 0.06) with boxxyerror \
        lc rgb '#B45000' fs solid 1 noborder notitle, \
    NaN with lines lc rgb '#B45000' lw 5 \
        title has[3] ? 'waits for the lock' : '', \
    $slices using (slice(4, 3)):2:3:4:($2 - 0.2):($2 + 0.2) with boxxyerror \
        lc rgb '#009E73' lw 2 fs solid 0 border lc rgb '#009E73' \
        title has[4] ? 'waits for I/O' : '', \
    $slices using (slice(5, 3)):2:3:4:($2 - 0.01):($2 + 0.01) with boxxyerror \
        lc rgb '#888888' fs solid 0.4 noborder notitle, \
    NaN with lines lc rgb '#888888' lw 2 \
        title has[5] ? 'sleeps' : '', \
    $shares using (share(2, 3)):2:(share(2, 3)):(share(2, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#000000' \
        fs solid 1 border lc rgb '#000000' notitle, \
    $shares using (share(1, 3)):2:(share(1, 3)):(share(1, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#0072B2' \
        fs pattern 4 border lc rgb '#0072B2' notitle, \
    $shares using (share(3, 3)):2:(share(3, 3)):(share(3, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#B45000' \
        fs solid 1 border lc rgb '#B45000' notitle, \
    $shares using (share(4, 3)):2:(share(4, 3)):(share(4, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#009E73' lw 2 \
        fs solid 0 border lc rgb '#009E73' notitle, \
    $shares using (share(5, 3)):2:(share(5, 3)):(share(5, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#888888' \
        fs solid 0.4 border lc rgb '#888888' notitle, \
    $shares using (share(6, 3)):2:(share(6, 3)):(share(6, 4)): \
        ($2 - 0.2):($2 + 0.2) with boxxyerror lc rgb '#666666' \
        fs pattern 1 border lc rgb '#666666' \
        title has[6] ? 'waits for a processor' : ''

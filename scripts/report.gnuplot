# SPDX-License-Identifier: MIT
#
# scripts/report's timelines: one lane per task. Loads the file `slices` here and
# writes an SVG to standard output; narrow = 1 for a phone's screen. A state is
# known by its pattern and its height, not by its colour alone; the background is
# painted.

load 'slices'

width = narrow ? 400 : 960
entries = has[1] + has[2] + has[3] + has[4] + has[5]
key_rows = narrow ? entries : entries > 3 ? 2 : 1
height = 44 * (bottom - top) + 26 * key_rows + 80
set terminal svg size width,height dynamic enhanced \
    font narrow ? 'sans-serif,16' : 'sans-serif,17' background rgb 'white'

set xrange [0:window]
set yrange [bottom:top]
set xlabel unit offset 0, 0.3
set border 1 lw 1.5
set tics nomirror out scale 0.6
set ytics scale 0
# A tic every 1, 2 or 5 times a power of ten, about eight (narrow: four) in all.
raw = window / (narrow ? 4.0 : 8.0)
power = 10 ** floor(log10(raw))
set xtics power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : \
    raw / power < 7.5 ? 5 : 10)
set key at screen 0.5, screen 1 center top horizontal samplen 2 \
    maxrows key_rows reverse Left
set tmargin at screen 1 - (26.0 * key_rows + 14) / height
set rmargin narrow ? 2.5 : 4

# That column of a slice in that state.
slice(state, column_) = $1 == state ? column(column_) : NaN
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
        title has[5] ? 'sleeps' : ''

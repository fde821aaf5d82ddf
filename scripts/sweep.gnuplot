# SPDX-License-Identifier: MIT
#
# scripts/sweep's four pictures, one SVG after the other on standard output.
# Reads *.dat here, one curve each: key columns, then median, least, most of each
# figure. narrow = 1 is for a phone's screen; with convoy = 0 there is no latency.
# A curve is known by its marks and dashes and by its place in the key, never by
# its colour alone. The background is painted, to be legible on dark.

set terminal svg size (narrow ? 400 : 960),(narrow ? 520 : 600) dynamic \
    enhanced font narrow ? 'sans-serif,16' : 'sans-serif,18' \
    background rgb 'white'
set datafile separator "\t"
set datafile missing '-'

black = '#000000'
set style line 1 lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.1       # 02
set style line 2 lc rgb '#009E73' lw 3 dt (14,5) pt 5 ps 1.1  # 04
set style line 3 lc rgb '#009E73' lw 2 dt (3,4) pt 4 ps 1.7   # 05 none
set style line 4 lc rgb '#A8458C' lw 3 dt (12,4,3,4) pt 2 ps 1.1 # mutex
set style line 5 lc rgb '#B45000' lw 3 dt (6,4) pt 8 ps 1.3   # ticks
set style line 6 lc rgb black lw 4 dt 1 pt 9 ps 1.3           # interval
set style line 9 lc rgb black lw 2.5 dt (2,4)                 # reference

set grid back lc rgb '#DDDDDD' lw 1 dt 1
set border 3 lw 1.5
set tics nomirror out

curve(name) = name . '.dat'

# A range for medians: one run that went wrong must not flatten the rest.
wide_low(least) = least < 0 ? 1.4 * least - 5 : -5
wide_high(most) = most > 7 ? 1.4 * most : 10
# Before any range is set: stats sees only what is inside.
stats curve('05interval') using 3 nooutput name 'THREADS'
stats curve('05interval') using 10 nooutput name 'INTERVAL'

# --- by the number of threads
set logscale x 2
set xlabel 'threads'
set key at graph 1.02, graph 1 left top Left reverse samplen 3.2 spacing 1.25
set rmargin 27
if (narrow) {
    # What it is stands beside it; the key goes below.
    set key outside below left maxcols 1 reverse Left height 1
    set rmargin 2
    set xlabel offset 0, 0.6
}
set xrange [THREADS_min / 1.1 : THREADS_max * 1.1]
set xtics 2

set title narrow ? '' : 'How many times as fast as one by one'
set logscale y 2
set ylabel 'speed-up'
set ytics 2
plot x with lines ls 9 title 'as many as threads', \
    curve('02-') using 3:4 with linespoints ls 1 title '02 downloads', \
    curve('04-') using 3:4 with linespoints ls 2 title '04 counting, no lock', \
    curve('05none') using 3:4 with linespoints ls 3 title '05 none', \
    curve('05interval') using 3:4 with linespoints ls 6 title '05 interval', \
    curve('05ticks') using 3:4 with linespoints ls 5 title '05 ticks', \
    curve('05mutex') using 3:4 with linespoints ls 4 title '05 mutex'

set output # the next one
set title narrow ? '' : 'How many processors work on average'
unset logscale y
set ylabel 'CPU/wall'
set yrange [0:*]
set ytics autofreq
plot \
    curve('04-') using 3:7 with linespoints ls 2 title '04 counting, no lock', \
    curve('05none') using 3:7 with linespoints ls 3 title '05 none', \
    curve('05mutex') using 3:7 with linespoints ls 4 title '05 mutex', \
    curve('05ticks') using 3:7 with linespoints ls 5 title '05 ticks', \
    curve('05interval') using 3:7 with linespoints ls 6 title '05 interval', \
    curve('02-') using 3:7 with linespoints ls 1 title '02 downloads'

# The lock since Python 3.2 alone: what the others lose is tens of times as much,
# and the difference to 3 % could not be seen. The bars are least and most.
set output # the next one
set title narrow ? '' : \
    'Time lost to the lock: "nearly 3 % regardless of how many threads"'
set ylabel 'more time than one by one, %'
set xlabel 'threads (bars: least and most)'
set yrange [wide_low(INTERVAL_min) : wide_high(INTERVAL_max)]
plot 3 with lines ls 9 title 'the blog post: 3 %', \
    curve('05interval') using 3:10:11:12 with yerrorlines ls 6 \
        title 'interval (since 3.2)'

# --- by the switch interval: two pictures on one axis. A dot is a median; its bar
# reaches from the least to the most, and nothing of it is cut off.
set output # the next one
unset logscale
unset key
unset title
set bars small
set logscale x
set xrange [0.08:62]
set border 3
set lmargin narrow ? 8 : 10
set rmargin narrow ? 2 : 4
set yrange [*:*]
# What is above and what is below: in hundredths of the picture.
low = convoy ? (narrow ? 0.5 : 0.52) : 0.9
set multiplot
set arrow 1 from 5, graph 0 to 5, graph 1 nohead ls 9
if (convoy) {
    set tmargin at screen 0.93
    set bmargin at screen 0.58
    set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) format ''
    unset xlabel
    set title 'round trip of an I/O thread, ms' offset 0, -0.6
    unset ylabel
    set logscale y
    set ytics (0.01, 0.1, 1, 10, 100, 1000)
    set yrange [*<0.1:*]
    set label 1 narrow ? 'dotted: the interval' : \
        'dotted: as long as the interval' at graph 0.98, graph 0.08 right
    plot x < 0.1 ? NaN : x with lines ls 9, \
        curve('interval07') using 1:2:3:4 with yerrorbars ls 1
    unset label 1
    unset logscale y
    set yrange [*:*]
}
set offsets graph 0, graph 0, graph 0.08, graph 0.08
set tmargin at screen low - 0.06
set bmargin at screen 0.16
set title 'time lost by two counting threads, %' offset 0, -0.6
set ytics autofreq
set format x '%g'
set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
if (narrow) { set xtics (0.1, '' 0.2, 0.5, '' 1, 2, 5, '' 10, 20, '' 50) }
set xlabel 'switch interval, ms' offset 0, 0.4
set label 2 "CPython's\n5 ms" at 5.2, graph 0.9 left
plot curve('interval05') using 1:2:3:4 with yerrorbars ls 6 pt 7 ps 1.1
unset multiplot

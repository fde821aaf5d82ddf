# SPDX-License-Identifier: MIT
#
# 100 ms of a run of two threads, from a lab's trace, as an SVG with the title
# $title; $run counts from 1. Plain rectangles: weasyprint does not take all of SVG.
def n: . * 100 | round / 100;
{"holds the lock": {height: 24, fill: "#1f5f99", stroke: "none"},
 "waits for the lock": {height: 4, fill: "#888888", stroke: "none"},
 "waits for I/O": {height: 14, fill: "#ffffff", stroke: "#1f5f99"}}
    as $look
| [.traceEvents[] | select(.pid == $run and .ph == "X")] as $slices
| ($slices | map(.ts) | min) as $from
| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 724 110\" " +
  "font-family=\"sans-serif\" font-size=\"12\" role=\"img\">",
  "<title>\($title)</title>",
  "<rect width=\"724\" height=\"110\" fill=\"#ffffff\"/>",
  ($slices[]
   | ((.ts - $from) / 1000) as $begin
   | select($begin < 100)
   | ([$begin + .dur / 1000, 100] | min) as $until
   | $look[.name] as $drawn
   | select($drawn)
   | "<rect x=\"\(60 + $begin * 6.2 | n)\" " +
     "y=\"\(.tid * 34 - 12 - $drawn.height / 2)\" " +
     "width=\"\(($until - $begin) * 6.2 | n)\" " +
     "height=\"\($drawn.height)\" " +
     "fill=\"\($drawn.fill)\" stroke=\"\($drawn.stroke)\"/>"),
  "<text x=\"8\" y=\"27\">task 1</text>",
  "<text x=\"8\" y=\"61\">task 2</text>",
  (range(0; 101; 20)
   | "<text x=\"\(60 + . * 6.2)\" y=\"92\" " +
     "text-anchor=\"middle\">\(.) ms</text>"),
  "<text x=\"60\" y=\"106\">solid: holds the lock; thin: waits for it" +
  (if any($slices[]; .name == "waits for I/O")
   then "; hollow: waits for I/O" else "" end) + "</text>",
  "</svg>"

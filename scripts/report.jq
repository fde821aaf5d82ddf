# SPDX-License-Identifier: MIT
#
# scripts/report's tables and timelines, from the labs' --json and --trace and
# from compare's figures.

# 1.5 | fixed(2) is "1.50".
def fixed($digits):
    (fabs * pow(10; $digits) | round | tostring) as $all
    | ("0" * ([$digits + 1 - ($all | length), 0] | max) // "") + $all
    | (if $digits == 0 then . else
        .[:length - $digits] + "." + .[length - $digits:] end) as $text
    | if . < 0 then "-" + $text else $text end;

def seconds: if . == null then "–" else fixed(2) + " s" end;

# A cell that still says what it is where a narrow screen stacks the cells.
def cell($name): "<td data-label=\"\($name | @html)\">\(.)</td>";

def mean_wall: .task | map(.wall_s) | add / length;

# The document beside this machine: [$l01, ... $l05] is the input.
def row($title; $words; $each; $total; $run):
    "<tr><th scope=\"row\">\($title | @html)",
    "<small>\($words | @html)</small></th>",
    ($each | seconds | cell("the document, each")),
    ($total | seconds | cell("the document, total")),
    ($run | mean_wall | seconds | cell("this machine, each")),
    ($run.total_s | seconds | cell("this machine, total")),
    ($run.cpu_per_wall | fixed(2) | cell("CPU/wall")), "</tr>";

def document_table:
    map(.runs) as [[$io], [$ios], [$cpu], [$free], [$gil, $one]]
    | .[0].cpus as $cpus
    | "<table>",
      "<caption>Seconds for each task, and in all</caption>",
      "<thead><tr><td rowspan=\"2\"></td>",
      "<th colspan=\"2\" scope=\"colgroup\">the document</th>",
      "<th colspan=\"3\" scope=\"colgroup\">this machine</th></tr>",
      "<tr><th scope=\"col\">each</th><th scope=\"col\">total</th>",
      "<th scope=\"col\">each</th><th scope=\"col\">total</th>",
      "<th scope=\"col\">CPU/wall</th></tr></thead><tbody>",
      row("2 downloads, one by one";
          "nearly all of it is waiting: the processor is idle";
          48.09; null; $io),
      row("2 downloads at once";
          "threads wait together: " + ($io.total_s / $ios.total_s | fixed(2)) +
          " times as fast as one by one"; 50.12; 50.89; $ios),
      row("2 tasks, one by one";
          "one processor’s worth of work, whoever does it";
          7.09; 14.18; $cpu),
      row("2 tasks at once, no lock";
          if $free.cpu_per_wall >= 1.5 then "both processors work: " +
              ($cpu.total_s / $free.total_s | fixed(2)) +
              " times as fast as one by one"
          elif $cpus == 1 then "one processor to share: nothing to gain here"
          else "others were using the processors: run it again on a quiet " +
              "machine" end; null; null; $free),
      row("2 tasks, lock, one by one";
          "a lock that nobody waits for costs next to nothing";
          7.09; 14.18; $one),
      row("2 tasks at once, one lock";
          "they take turns, \($gil.handoffs_per_s | round) times a second: " +
          "each takes " + (($gil | mean_wall) / ($one | mean_wall) | fixed(2)) +
          " times as long"; 14.67; 14.69; $gil),
      "</tbody></table>";

# Lab 05 beside Pythons: the input is the text of compare's --tsv.
def compare_table:
    def figure($digits; $unit): if .[0] == "-" then "–" else
        map(tonumber | fixed($digits)) as [$median, $least, $most]
        | $median + $unit + if $least == $most then "" else
            "<small>\($least)–\($most)</small>" end end;
    "<table>",
    "<caption>Two at once; medians, and under them least and most</caption>",
    "<thead><tr><td rowspan=\"2\"></td>",
    "<th colspan=\"2\" scope=\"colgroup\">two at once</th>",
    "<th colspan=\"2\" scope=\"colgroup\">/ two one by one</th>",
    "<td colspan=\"2\"></td></tr>",
    "<tr><th scope=\"col\">each</th><th scope=\"col\">total</th>",
    "<th scope=\"col\">each</th><th scope=\"col\">total</th>",
    "<th scope=\"col\">CPU/wall</th><th scope=\"col\">switches/s</th>",
    "</tr></thead><tbody>",
    "<tr><th scope=\"row\">the document<small>1 run</small></th>",
    ("14.67 s" | cell("each")), ("14.69 s" | cell("total")),
    ("2.07" | cell("each / one by one")),
    ("1.036" | cell("total / one by one")),
    ("–" | cell("CPU/wall")), ("–" | cell("switches a second")), "</tr>",
    (split("\n")[] | select(. != "") | split("\t")
     | "<tr><th scope=\"row\">\(.[0] | @html)<small>\(.[1]) run\(
            if .[1] == "1" then "" else "s" end)</small></th>",
       (.[2:5] | figure(2; " s") | cell("each")),
       (.[5:8] | figure(2; " s") | cell("total")),
       (.[8:11] | figure(2; "") | cell("each / one by one")),
       (.[11:14] | figure(3; "") | cell("total / one by one")),
       (.[14:17] | figure(2; "") | cell("CPU/wall")),
       (.[17:20] | figure(0; "") | cell("switches a second")), "</tr>"),
    "</tbody></table>";

# A trace as gnuplot's input: slices of the lanes named by "run:task:label", in
# this order from the top, each run's time from its own begin. $window_s: how
# much of it, 0 for all.
def timeline($window_s; $lanes):
    def state: {"runs": 1, "holds the lock": 2, "waits for the lock": 3,
                "waits for I/O": 4}[.name];
    [.traceEvents[] | select(.ph == "X")] as $slices
    | (reduce $slices[] as $s ({};
        .["\($s.pid)"] |= ([., $s.ts] | map(values) | min))) as $zero
    | [$lanes | to_entries[]
        | (.value | split(":")) as [$pid, $tid, $name]
        | {pid: ($pid | tonumber), tid: ($tid | tonumber), title: $name,
           y: (.key + 0.5 * ($pid | tonumber))}] as $lanes
    | [$lanes[] | . as $lane | $slices[]
        | select(.pid == $lane.pid and .tid == $lane.tid)
        | (.ts - $zero["\(.pid)"]) as $from
        | {state: state, y: $lane.y, from: ($from / 1e6),
           to: (($from + .dur) / 1e6)}] as $rows
    | (if $window_s > 0 then $window_s else $rows | map(.to) | max end)
        as $until
    | (if $until < 0.5 then [1000, "milliseconds"] else [1, "seconds"] end)
        as [$scale, $unit]
    | ($rows | map(select(.from < $until))) as $rows
    | "unit = '\($unit)'",
      "window = \($until * $scale)",
      "lanes = \($lanes | length)",
      "top = \($lanes[0].y - 0.6)",
      "bottom = \($lanes[-1].y + 0.6)",
      "set ytics (\($lanes | map("'\(.title)' \(.y)") | join(", ")))",
      "array has[4] = [\([range(1; 5) as $s | [$rows[] | select(.state == $s)]
          | if length > 0 then 1 else 0 end | tostring] | join(", "))]",
      "$slices << EOD",
      # One of each state out of sight: gnuplot warns of a plot with no points.
      (range(1; 5) | "\(.) 0 -2 -1"),
      ($rows[] | "\(.state) \(.y) \(.from * $scale) \(
          [.to, $until] | min * $scale)"),
      "EOD";

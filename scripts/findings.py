# SPDX-License-Identifier: MIT
"""What demo and report conclude: the table of the blog post and this machine.

The post is "An Interesting Example on Demonstrating the Feature of Threading in
Python" (2018). A sentence that states a lesson is chosen here, and only where
the figures support it and the lab trusts them (common/lab/trust.h).
"""
from typing import NamedTuple, Optional

from labs import alternating, each, median


class Figures(NamedTuple):
    each: float
    total: float
    cpu_per_wall: float
    handoffs_per_s: float
    doubt: Optional[str]  # why they mean little


class Row(NamedTuple):
    title: str
    post_each: Optional[float]
    post_total: Optional[float]
    here: Figures
    words: str


def doubt_of(answers):
    """Why the medians of these answers of a lab mean little, if they do."""
    doubts = [answer["reason"] for answer in answers
              if not answer.get("trusted", True)]
    return doubts[0] if 2 * len(doubts) >= len(answers) else None


def figures(answers, run=0):
    """The medians of that run in the answers of a lab."""
    runs = [answer["runs"][run] for answer in answers]
    return Figures(median(each(run) for run in runs),
                   median(run["total_s"] for run in runs),
                   median(run["cpu_per_wall"] for run in runs),
                   median(run.get("handoffs_per_s", 0) for run in runs),
                   doubt_of(answers))


def lesson(words, supported, *figures_used):
    """The words, if the figures support them and no lab doubts its own."""
    return words if supported and not any(
        figures.doubt for figures in figures_used) else ""


COUNTING = ("03_cpu_serial", "04_cpu_threads", "05_gil_sim")


def counted(rounds, count, run):
    """The answers of the counting labs: each lab once a round, alternating, all
    with one count. run(lab, number of the round, options) gives an answer."""
    answers = {lab: [] for lab in COUNTING}
    for number, lab in alternating(rounds, *COUNTING):
        options = ["--count", str(count)]
        if lab == "05_gil_sim":
            options += ["--rounds", "1"]  # the rounds are ours
        answers[lab].append(run(lab, number, options))
    return answers


def rows(io, ios, cpu, free, one, gil):
    """The table: from figures of labs 01 to 04 and of lab 05's two runs."""
    def times(over, under):
        return f"{over / under:.2f} times as"

    return [
        Row("2 downloads, one by one", 48.09, None, io,
            lesson("nearly all of the time is waiting: the processor is idle",
                   io.cpu_per_wall < 0.2, io)
            or "the processor worked, too"),
        Row("2 downloads at once", 50.12, 50.89, ios,
            times(io.total, ios.total) + " fast as one by one"
            + lesson(": the threads wait together",
                     io.total > 1.5 * ios.total, io, ios)),
        Row("2 tasks, one by one", 7.09, 14.18, cpu,
            lesson("one processor does all the work", True, cpu)
            or "other programs used the processors, too"),
        Row("2 tasks at once, no lock", None, None, free,
            times(cpu.total, free.total) + " fast as one by one"
            + lesson(": two processors work",
                     free.cpu_per_wall > 1.5, free, cpu)
            + lesson(": one processor does all the work",
                     free.cpu_per_wall < 1.1, free, cpu)),
        Row("2 tasks, lock, one by one", 7.09, 14.18, one,
            times(one.total, cpu.total) + " long as without a lock"
            + lesson(": a lock that is free costs little",
                     0.9 < one.total / cpu.total < 1.1, one, cpu)),
        Row("2 tasks at once, one lock", 14.67, 14.69, gil,
            f"each takes {times(gil.each, one.each)} long"
            + lesson(f": they alternate {gil.handoffs_per_s:.0f} times a second",
                     gil.each > 1.5 * one.each, gil)),
    ]

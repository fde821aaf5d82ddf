/* SPDX-License-Identifier: MIT
 *
 * A real run for readers who have none at hand: build/05_gil_sim --seconds 0.1
 * --rounds 1 --trace, on a machine with two processors that was busy with other
 * programs, too. h holds the lock, w waits for it; then the time in us at which
 * it begins, and how long it lasts.
 */
const tasks = [
    `w3038+1 h3039+9679 w12718+14704 h27422+25680 w53102+18591 h71693+14158
     w85851+11927 h97778+18589 w116367+8299 h124666+9078 w133744+11812
     h145556+8223 w153779+5237 h159016+8397 w167413+10570 h177983+12648
     w190631+11999 h202630+11284 w213914+14719 h228633+9177 w237810+5581
     h243391+5298 w248689+7202 h255891+9910 w265801+7913 h273714+7983
     w281697+6637 h288334+3160`,
    `w4766+7953 h12719+14703 w27422+25681 h53103+18590 w71693+14159
     h85852+11925 w97777+18603 h116380+8285 w124665+9080 h133745+11810
     w145555+8225 h153780+5235 w159015+8399 h167414+10569 w177983+12649
     h190632+11998 w202630+11284 h213914+14718 w228632+9179 h237811+5579
     w243390+5299 h248689+7202 w255891+9911 h265802+7911 w273713+7985
     h281698+6550`,
];

/* As the lab wrote it. */
export const sampleTrace = JSON.stringify({
    traceEvents: [
        {
            name: 'process_name',
            ph: 'M',
            pid: 1,
            args: {name: 'threads, lock interval'},
        },
        ...tasks.flatMap((text, i) =>
            text
                .trim()
                .split(/\s+/)
                .map((slice) => {
                    const [, what, ts, dur] = /^(.)(\d+)\+(\d+)$/.exec(slice);
                    return {
                        name:
                            what === 'h'
                                ? 'holds the lock'
                                : 'waits for the lock',
                        ph: 'X',
                        ts: Number(ts),
                        dur: Number(dur),
                        pid: 1,
                        tid: i + 1,
                    };
                }),
        ),
    ],
});

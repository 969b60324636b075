/**
 * Preloaded into a node's process, this lets its clock go ahead of the machine's
 * by CLOCK_AHEAD milliseconds, also in its threads. What passes goes on as ever:
 * only what is asked for the present time hears another one.
 */
const ahead = Number(process.env["CLOCK_AHEAD"]);
const machine = Date.now.bind(Date);

Date.now = () => machine() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], called) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, called) as Date,
});

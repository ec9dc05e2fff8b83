// `crowfly/worker.js` is a script for a Worker: give its address to `new Worker`, as `crowfly/slim` has its `worker` do it.
// It exports nothing.
export {};

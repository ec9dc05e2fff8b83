// `cargo xtask package` makes the script of `start.js` and the build with live uploads.
export * from "./start.js";

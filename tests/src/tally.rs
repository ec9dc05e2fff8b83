use std::process::ExitCode;
use std::time::Instant;

use crate::caught;

/// The results of a runner of its own, which goes on after a case that fails.
#[derive(Debug, Default)]
pub struct Tally {
    passed: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Runs one case, and prints its result with what it has seen.
    pub fn run(&mut self, name: &str, work: impl FnOnce() -> String) {
        let since = Instant::now();
        let ended = caught(work);
        let took = since.elapsed().as_secs_f64();
        match ended {
            Ok(seen) => {
                self.passed += 1;
                println!("test {name} ... ok  {took:.1} s  {seen}");
            }
            Err(text) => {
                println!("test {name} ... FAILED  {took:.1} s\n    {text}");
                self.failures.push(format!("{name}\n    {text}"));
            }
        }
    }

    /// Prints the failures and the sum; a run without a case is none.
    pub fn end(self) -> ExitCode {
        let (passed, failed) = (self.passed, self.failures.len());
        if failed > 0 {
            println!("\nfailures:\n{}", self.failures.join("\n"));
        }
        let word = if failed == 0 { "ok" } else { "FAILED" };
        println!("\ntest result: {word}. {passed} passed; {failed} failed;");
        match (passed, failed) {
            (1.., 0) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

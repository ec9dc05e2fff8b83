//! Runs one function process at a time, alternating between the functions.

use std::time::{Duration, Instant};

use devkit::procs::{cpu_seconds, size};

use super::runtime::Runtime;
use super::subject::Subject;
use crate::error::Error;
use crate::process::Service;
use crate::step;

/// Calls before the warm ones are measured.
const WARM_UP: u64 = 50;
/// A round ends after this time, with fewer calls.
const ROUND: Duration = Duration::from_millis(1_500);

#[derive(Default)]
pub(super) struct Figures {
    pub(super) starts: Vec<Start>,
    pub(super) rounds: Vec<Round>,
}

/// Times from the start of a process.
pub(super) struct Start {
    /// To its first poll for an event.
    pub(super) polled: Duration,
    /// To its first answer.
    pub(super) answered: Duration,
}

/// The warm calls of one process. An event always waits for its next poll.
pub(super) struct Round {
    /// From the handing out of the event to the answer, of each call.
    pub(super) calls: Vec<Duration>,
    /// All of them, with what is between two calls.
    pub(super) together: Duration,
    /// Seconds of CPU time in which they were made.
    pub(super) cpu: f64,
    /// Peak resident size, in bytes, since its start.
    pub(super) resident: u64,
}

/// Starts each function `starts` times, then makes at most `calls` calls to it in each of `runs` processes.
pub(super) fn all(
    subjects: &[Subject],
    services: &str,
    (starts, runs, calls): (usize, usize, u64),
) -> Result<Vec<Figures>, Error> {
    let mut figures: Vec<Figures> = subjects.iter().map(|_| Figures::default()).collect();
    step::step("cold starts", || {
        for _ in 0..starts {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                let (_, start) = Process::start(subject, services)?;
                figures.starts.push(start);
            }
        }
        Ok(())
    })?;
    step::step("warm calls", || {
        for _ in 0..runs {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                let (process, _) = Process::start(subject, services)?;
                figures.rounds.push(process.round(calls)?);
            }
        }
        Ok(())
    })?;
    Ok(figures)
}

struct Process<'a> {
    subject: &'a Subject,
    runtime: Runtime,
    service: Service,
}

impl<'a> Process<'a> {
    /// Starts it with its first event ready.
    fn start(subject: &'a Subject, services: &str) -> Result<(Self, Start), Error> {
        let runtime = Runtime::start()?;
        let command = subject.command(&runtime.address(), services);
        let begun = Instant::now();
        let service = command.spawn()?;
        let process = Self {
            subject,
            runtime,
            service,
        };
        process.send(0);
        process.answer(0)?;
        let answered = begun.elapsed();
        let polled = process.runtime.polled();
        let polled = polled.map_or(answered, |polled| polled.saturating_duration_since(begun));
        Ok((process, Start { polled, answered }))
    }

    fn round(&self, calls: u64) -> Result<Round, Error> {
        for number in 1..=WARM_UP {
            self.send(number);
            self.answer(number)?;
        }
        let cpu = self.cpu()?;
        let mut taken = Vec::new();
        let begun = Instant::now();
        let (mut number, last) = (WARM_UP + 1, WARM_UP + calls);
        self.send(number);
        while number < last && begun.elapsed() < ROUND {
            self.send(number + 1);
            taken.push(self.answer(number)?);
            number += 1;
        }
        taken.push(self.answer(number)?);
        let together = begun.elapsed();
        Ok(Round {
            calls: taken,
            together,
            cpu: self.cpu()? - cpu,
            resident: size(self.service.id(), "VmHWM").ok_or_else(unseen)?,
        })
    }

    fn send(&self, number: u64) {
        self.runtime.send(number, &(self.subject.event)(number));
    }

    /// The time that the call of this number took.
    fn answer(&self, number: u64) -> Result<Duration, Error> {
        let (answer, took) = self.runtime.answer().inspect_err(|_| {
            // If the process has exited, that is the better error.
            let _ = self.service.alive();
        })?;
        if (self.subject.good)(&answer) {
            return Ok(took);
        }
        let name = self.subject.name;
        Err(Error::failed(format!("{name}, call {number}: {answer}")))
    }

    /// Seconds of CPU time so far.
    fn cpu(&self) -> Result<f64, Error> {
        cpu_seconds(self.service.id()).ok_or_else(unseen)
    }
}

fn unseen() -> Error {
    Error::failed("/proc does not show the process")
}

//! Runs one function process at a time, alternating between the functions.

use std::time::{Duration, Instant};

use devkit::procs::size;

use super::runtime::Runtime;
use super::subject::Subject;
use crate::error::Error;
use crate::process::Service;
use crate::step;

/// Calls before the warm ones are measured.
const WARM_UP: u64 = 50;

#[derive(Default)]
pub(super) struct Figures {
    /// Time from the start of the process to its first answer, for each start.
    pub(super) cold: Vec<Duration>,
    pub(super) warm: Vec<Duration>,
    /// Peak resident size after all calls, in bytes, of each process.
    pub(super) resident: Vec<u64>,
}

/// Starts each function `starts` times, then makes `calls` calls to it in each of `runs` processes.
pub(super) fn all(
    subjects: &[Subject],
    services: &str,
    (starts, runs, calls): (usize, usize, u64),
) -> Result<Vec<Figures>, Error> {
    let mut figures: Vec<Figures> = subjects.iter().map(|_| Figures::default()).collect();
    step::step("cold starts", || {
        for _ in 0..starts {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                let (_, took) = Process::start(subject, services)?;
                figures.cold.push(took);
            }
        }
        Ok(())
    })?;
    step::step("warm calls", || {
        for _ in 0..runs {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                let (mut process, _) = Process::start(subject, services)?;
                for number in 1..=WARM_UP + calls {
                    let took = process.call(number)?;
                    if number > WARM_UP {
                        figures.warm.push(took);
                    }
                }
                figures.resident.push(process.largest()?);
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
    /// Starts it with its first event ready; returns how long the answer took.
    fn start(subject: &'a Subject, services: &str) -> Result<(Self, Duration), Error> {
        let runtime = Runtime::start()?;
        runtime.send(0, &(subject.event)(0));
        let command = subject.command(&runtime.address(), services);
        let begun = Instant::now();
        let service = command.spawn()?;
        let process = Self {
            subject,
            runtime,
            service,
        };
        process.settle(0)?;
        Ok((process, begun.elapsed()))
    }

    fn call(&mut self, number: u64) -> Result<Duration, Error> {
        let event = (self.subject.event)(number);
        let begun = Instant::now();
        self.runtime.send(number, &event);
        self.settle(number)?;
        Ok(begun.elapsed())
    }

    fn settle(&self, number: u64) -> Result<(), Error> {
        let answer = self.runtime.answer().inspect_err(|_| {
            // If the process has exited, that is the better error.
            let _ = self.service.alive();
        })?;
        if (self.subject.good)(&answer) {
            return Ok(());
        }
        let name = self.subject.name;
        Err(Error::failed(format!("{name}, call {number}: {answer}")))
    }

    /// The peak resident size so far, in bytes.
    fn largest(&self) -> Result<u64, Error> {
        size(self.service.id(), "VmHWM")
            .ok_or_else(|| Error::failed("/proc does not show the process's size"))
    }
}

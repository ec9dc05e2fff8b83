//! The driver: takes what the engine says, one output at a time, through whatever fault a test planted.

use std::collections::VecDeque;

use crowfly_engine::{Command, Event, Output};

use super::wire::{Act, Flight, Op};
use super::{Fault, World};

impl World {
    /// When each request to storage was started.
    pub fn sends_at(&self) -> Vec<u64> {
        let sends = self.sent.iter();
        let sends = sends.filter(|(_, command)| matches!(command, Command::Send { .. }));
        sends.map(|(at, _)| *at).collect()
    }

    pub(super) fn drain(&mut self) {
        loop {
            match self.queue.poll_output() {
                Output::Do(command) => self.command(command),
                Output::Emit(event) => self.event(event),
                Output::Idle(at) => {
                    let at = at.map(|at| at.0);
                    if at.is_some_and(|at| at <= self.now) || self.fault == Some(Fault::NeverRests)
                    {
                        self.steps += 1000;
                    }
                    self.deadline = at.filter(|_| self.fault != Some(Fault::SwallowsTimer));
                    return;
                }
            }
        }
    }

    fn event(&mut self, mut event: Event) {
        let times = self.distort(&mut event);
        if times == 0 {
            return;
        }
        for _ in 0..times {
            self.monitor.event(self.now, &event);
        }
        self.check_news(&event);
        if self.keep_log {
            self.log.push((self.now, event));
        }
    }

    fn command(&mut self, command: Command) {
        if self.fault == Some(Fault::SwallowsCancel) && matches!(command, Command::Cancel { .. }) {
            return;
        }
        if self.fault == Some(Fault::SkipsJournal) && matches!(command, Command::Save { .. }) {
            return;
        }
        let mut command = command;
        if self.fault == Some(Fault::SignsTooMany)
            && let Command::Sign { parts, .. } = &mut command
        {
            let one = parts.clone();
            parts.extend(one);
        }
        self.monitor.command(&command);
        self.monitor.waits_from(self.now, &command);
        if self.fault == Some(Fault::RepeatsPart) {
            let mut again = command.clone();
            if let Command::Send {
                request,
                part: Some(_),
                ..
            } = &mut again
            {
                request.0 += 1_000_000_000;
                self.monitor.command(&again);
            }
        }
        if self.fault == Some(Fault::RepeatsCommand) && matches!(command, Command::Send { .. }) {
            self.monitor.command(&command);
        }
        if self.keep_log {
            self.sent.push((self.now, command.clone()));
        }
        let (op, request) = match &command {
            Command::NoteCancel { upload } => return self.journal_notes_cancel(*upload),
            Command::Erase { upload } => {
                self.journal.remove(upload);
                return;
            }
            Command::Save { request, .. } => (Op::Save, *request),
            Command::Sign { request, .. } => (Op::Sign, *request),
            Command::List { request, .. } => (Op::List, *request),
            Command::Hash { request, .. } => (Op::Hash, *request),
            Command::Token { request, .. } => (Op::Token, *request),
            Command::Create { request, .. } => (Op::Create, *request),
            Command::Complete { request, .. } => (Op::Complete, *request),
            Command::Delete { request, .. } => (Op::Delete, *request),
            Command::Status { request, .. } => (Op::Status, *request),
            Command::Read { request, .. } => (Op::Read, *request),
            Command::Send { request, .. } => (Op::Send, *request),
            Command::Cancel { request } => {
                let early = |flight: &Flight| self.now < flight.body_ends;
                let flight = (self.life, *request);
                if self.flights.get(&flight).is_some_and(early) {
                    self.flights.remove(&flight);
                }
                return;
            }
            _ => return,
        };
        let scripted = self.script.get_mut(&op).and_then(VecDeque::pop_front);
        let act = match (scripted, &mut self.chance) {
            (Some(act), _) => act,
            (None, Some(chance)) => chance(op, &mut self.random),
            (None, None) => Act::Ok,
        };
        self.launch(op, request, command, act);
    }
}

//! What ffmpeg makes of a recording. Its programs are those on `PATH`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A recording in a file.
#[derive(Debug)]
pub struct File(pub PathBuf);

/// A frame of a stream, with its time in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    /// Number of the stream, from 0.
    pub stream: u64,
    /// When it is shown.
    pub time: f64,
    /// For how long; 0 if the file does not say.
    pub duration: f64,
    size: String,
}

impl File {
    /// Writes a recording.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Self {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file");
        Self(path)
    }

    /// The duration that the file states, in seconds.
    pub fn duration(&self) -> Option<f64> {
        let value = self.probe(&["-show_entries", "format=duration"]);
        number(&value["format"]["duration"])
    }

    /// Every frame, in the order of the file.
    ///
    /// # Panics
    /// When ffprobe finds a fault.
    pub fn packets(&self) -> Vec<Packet> {
        self.packets_by(&[])
    }

    /// The first frame that a player reads which seeks to `to` seconds.
    ///
    /// # Panics
    /// When there is none.
    pub fn sought(&self, to: f64) -> Packet {
        let from = format!("{to}%+#1");
        let packets = self.packets_by(&["-read_intervals", &from]);
        packets.into_iter().next().expect("a frame")
    }

    fn packets_by(&self, arguments: &[&str]) -> Vec<Packet> {
        let entries = "packet=stream_index,pts_time,duration_time,size";
        let arguments = [arguments, &["-show_entries", entries]].concat();
        let value = self.probe(&arguments);
        let packets = value["packets"].as_array().expect("packets");
        let packets = packets.iter().map(|packet| Packet {
            stream: packet["stream_index"].as_u64().expect("a stream"),
            time: number(&packet["pts_time"]).expect("a time"),
            duration: number(&packet["duration_time"]).unwrap_or_default(),
            size: packet["size"].as_str().expect("a size").to_owned(),
        });
        packets.collect()
    }

    fn probe(&self, arguments: &[&str]) -> Value {
        let fixed = ["-v", "repeat+error", "-of", "json"];
        let output = self.run("ffprobe", &[&fixed, arguments].concat(), &[]);
        serde_json::from_str(&output).expect("JSON")
    }

    /// Decodes every frame from `from` seconds on; fails if one cannot be.
    ///
    /// # Panics
    /// When ffmpeg finds a fault.
    pub fn decode(&self, from: f64) {
        let from = from.to_string();
        let before = ["-v", "repeat+error", "-xerror", "-ss", &from];
        self.run("ffmpeg", &before, &["-f", "null", "-"]);
    }

    fn run(&self, program: &str, before: &[&str], behind: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(before).arg("-i").arg(&self.0).args(behind);
        let output = command.output().unwrap_or_else(|error| {
            panic!("{program}: {error}; `cargo xtask test --only setup` installs it")
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
        let complaints: Vec<&str> = said.lines().filter(|line| !is_expected(line)).collect();
        assert!(complaints.is_empty(), "{program}: {complaints:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// The times of frames are rounded on their way into nowhere; and a file that was cut is cut.
fn is_expected(line: &str) -> bool {
    line.starts_with("[null @") || line.contains("File ended prematurely")
}

fn number(value: &Value) -> Option<f64> {
    value.as_str()?.parse().ok()
}

/// Decodes a recording from its beginning to its end; returns the number of its frames, over all streams.
///
/// # Panics
/// When a frame cannot be decoded, or there is none.
pub fn frames(bytes: &[u8]) -> usize {
    let folder = devkit::paths::temporary("media");
    let file = File::write(folder.path(), "recording", bytes);
    file.decode(0.0);
    let frames = file.packets().len();
    assert!(frames > 0, "no frame in {} bytes", bytes.len());
    frames
}

/// The duration that a recording states, in seconds.
///
/// # Panics
/// When ffprobe finds a fault.
pub fn duration(bytes: &[u8]) -> Option<f64> {
    let folder = devkit::paths::temporary("media");
    File::write(folder.path(), "recording", bytes).duration()
}

/// When the last frame ends, in seconds.
pub fn end(packets: &[Packet]) -> f64 {
    let ends = packets.iter().map(|packet| packet.time + packet.duration);
    ends.fold(0.0, f64::max)
}

//! Ceph on one node: a monitor, a store of objects in memory, and in front of them its S3 gateway.
//! <https://docs.ceph.com/en/pacific/install/manual-deployment/>

use std::path::{Path, PathBuf};
use std::process::Command;

use devkit::aws::Key;
use devkit::paths::on_path;

use crate::process::{Process, free_port, run};
use crate::store::STARTS_WITHIN;

const PROGRAMS: [&str; 7] = [
    "radosgw",
    "ceph-mon",
    "ceph-osd",
    "ceph",
    "ceph-authtool",
    "monmaptool",
    "radosgw-admin",
];
const CLUSTER: &str = "7c1b9c51-3f0e-4b64-9a71-0e0d2a9a7d11";
const DISK: &str = "5f2f2d5c-7c36-4d2c-a9e5-4fd9a91f8a4c";

/// The cluster behind the gateway.
pub(crate) struct Ceph {
    folder: PathBuf,
    _disk: Process,
    _monitor: Process,
}

impl Ceph {
    /// The first program that this machine lacks.
    pub(crate) fn missing() -> Option<&'static str> {
        PROGRAMS
            .into_iter()
            .find(|program| on_path(program).is_none())
    }

    pub(crate) fn start(folder: &Path) -> Self {
        let (monitor, older) = (free_port(), free_port());
        let address = format!("[v2:127.0.0.1:{monitor},v1:127.0.0.1:{older}]");
        for name in ["mon", "osd", "rgw", "run"] {
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
        }
        std::fs::write(folder.join("ceph.conf"), configuration(folder, &address))
            .expect("a configuration");
        keyring(folder);
        let map = folder.join("monmap");
        let make = [
            "--create",
            "--clobber",
            "--fsid",
            CLUSTER,
            "--addv",
            "a",
            &address,
        ];
        run(Command::new("monmaptool").args(make).arg(&map));
        let log = devkit::paths::log("store-ceph");
        std::fs::create_dir_all(log.parent().expect("a folder")).expect("a folder");
        let make = ["--mkfs", "-i", "a", "--monmap"];
        run(command(folder, "ceph-mon").args(make).arg(&map));
        let mut running = Process::start(command(folder, "ceph-mon").args(["-i", "a", "-f"]), &log);
        running.wait_for_port(monitor, STARTS_WITHIN);
        run(command(folder, "ceph")
            .args(["auth", "import", "-i"])
            .arg(folder.join("keyring")));
        run(command(folder, "ceph").args(["osd", "new", DISK]));
        run(command(folder, "ceph-osd").args(["-i", "0", "--mkfs", "--osd-uuid", DISK]));
        let disk = Process::start(command(folder, "ceph-osd").args(["-i", "0", "-f"]), &log);
        Self {
            folder: folder.to_owned(),
            _disk: disk,
            _monitor: running,
        }
    }

    /// The gateway, not yet started.
    pub(crate) fn gateway(&self, port: u16) -> Command {
        let mut gateway = command(&self.folder, "radosgw");
        let front = format!("beast endpoint=127.0.0.1:{port}");
        gateway.args(["-n", "client.admin", "-f", "--rgw-frontends", &front]);
        gateway.arg("--rgw-data").arg(self.folder.join("rgw"));
        gateway
    }

    pub(crate) fn add_user(&self, key: &Key) {
        let user = [
            "user",
            "create",
            "--uid=test",
            "--display-name=Test",
            "--access-key",
        ];
        let mut admin = command(&self.folder, "radosgw-admin");
        run(admin
            .args(user)
            .arg(&key.id)
            .arg("--secret-key")
            .arg(&key.secret));
    }
}

fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("-c").arg(folder.join("ceph.conf"));
    command
}

/// One keyring for all; nothing outside of the folder reads it.
fn keyring(folder: &Path) {
    let file = folder.join("keyring");
    let add = |arguments: &[&str]| {
        run(Command::new("ceph-authtool")
            .arg(&file)
            .arg("--gen-key")
            .args(arguments));
    };
    run(Command::new("ceph-authtool")
        .arg("--create-keyring")
        .arg(&file));
    add(&["-n", "mon.", "--cap", "mon", "allow *"]);
    add(&[
        "-n",
        "client.admin",
        "--cap",
        "mon",
        "allow *",
        "--cap",
        "osd",
        "allow *",
    ]);
    add(&[
        "-n",
        "osd.0",
        "--cap",
        "mon",
        "allow profile osd",
        "--cap",
        "osd",
        "allow *",
    ]);
}

/// No copies, no manager, and objects in memory: a store for the length of a test.
fn configuration(folder: &Path, address: &str) -> String {
    let folder = folder.display();
    format!(
        "[global]\nfsid = {CLUSTER}\nmon host = {address}\npublic addr = 127.0.0.1\ncluster addr = 127.0.0.1\n\
         osd pool default size = 1\nosd pool default min size = 1\nosd pool default pg num = 8\n\
         osd pool default pg autoscale mode = off\nosd crush chooseleaf type = 0\nmon allow pool size one = true\n\
         mon data avail crit = 1\nmon data avail warn = 2\nosd objectstore = memstore\n\
         memstore device bytes = 4294967296\nosd class load list = *\nosd class default list = *\n\
         rgw gc obj min wait = 1\nrun dir = {folder}/run\nadmin socket = {folder}/run/$name.$pid.asok\n\
         log file = {folder}/run/$name.log\npid file = {folder}/run/$name.pid\nmon data = {folder}/mon\n\
         osd data = {folder}/osd\ncrash dir = {folder}/run\nkeyring = {folder}/keyring\n"
    )
}

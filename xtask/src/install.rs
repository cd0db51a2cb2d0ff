//! Installs from Debian what the tests need and the machine lacks.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run;

/// What must exist, and the Debian package that brings it.
const NEEDED: &[(&[&str], &str)] = &[
    (&["/usr/lib/postgresql/15/bin/initdb", "/usr/lib/postgresql/16/bin/initdb", "/usr/lib/postgresql/17/bin/initdb"], "postgresql"),
    (&["/usr/bin/chromium"], "chromium"),
    (&["/usr/bin/node"], "nodejs"),
    (&["/usr/bin/npm", "/usr/local/bin/npm"], "npm"),
    (&["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"], "fonts-noto-cjk"),
    (&["/usr/bin/pdftotext"], "poppler-utils"),
    (&["/usr/sbin/nsd"], "nsd"),
    (&["/usr/bin/openssl"], "openssl"),
    (
        &[
            "/usr/lib/python3.11/ensurepip",
            "/usr/lib/python3.12/ensurepip",
            "/usr/lib/python3.13/ensurepip",
            "/usr/local/lib/python3.11/ensurepip",
            "/usr/local/lib/python3.12/ensurepip",
            "/usr/local/lib/python3.13/ensurepip",
        ],
        "python3-venv",
    ),
];

/// Installs what is missing; with nothing missing it does nothing.
pub fn install() -> Result<()> {
    let missing: Vec<&str> =
        NEEDED.iter().filter(|(paths, _)| !paths.iter().any(|path| Path::new(path).exists())).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("these are missing and this is not Debian: {}. Install them and run again without --install", missing.join(", "));
    }
    let root = is_root();
    let apt = |arguments: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.arg("apt-get");
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut command)
    };
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(missing);
    apt(&arguments)
}

/// Whether we are root.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0)
}

//! The floor of every import: how long calamine alone takes to walk all cells of the workbooks in a directory.
//!
//! `cargo bench -p hinomi --bench sheets -- DIRECTORY`; `cargo xtask bench` runs it on the sheets it imports. It stands beside
//! the program for the reason that `rows` gives. Prints a name and seconds, the median of five.

use std::io::Cursor;
use std::time::Instant;

use calamine::{Data, Reader, Xlsx};

/// The cells that hold something, so that nothing can be skipped.
fn walk(files: &[Vec<u8>]) -> usize {
    files
        .iter()
        .map(|bytes| {
            let mut book = Xlsx::new(Cursor::new(bytes.as_slice())).expect("a workbook");
            let sheets = book.worksheets();
            sheets.iter().flat_map(|(_, range)| range.rows().flatten()).filter(|cell| **cell != Data::Empty).count()
        })
        .sum()
}

fn main() {
    let directory = std::env::args().skip(1).find(|word| !word.starts_with('-')).expect("a directory with XLSX files");
    let mut paths: Vec<_> = std::fs::read_dir(directory).expect("the directory").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "xlsx"));
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("a file")).collect();
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            assert!(walk(&files) > files.len(), "the sheets are empty");
            begin.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("calamine\t{}", times[times.len() / 2]);
}

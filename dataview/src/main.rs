//! The program `dataview`.

fn main() {}

//! Rows as text: what is read, and what is said of what cannot be.

use dna_causes::{Columns, Config, Direction, Measure, RowsError, Span, Table};

const SPAN: Span = Span { at: 600, now_minutes: 1, before_minutes: 2 };

fn read(text: &str) -> Result<Table, RowsError> {
    dna_causes::read(text.as_bytes(), &Columns::default(), SPAN, |text| text.parse().ok())
}

#[test]
fn only_the_minutes_asked_for_count() {
    let text = "min,region,value,cnt\n420,gd,900,1000\n480,gd,10,1000\n540,gd,10,1000\n\
                600,gd,300,1000\n660,gd,900,1000\n";
    let told = dna_causes::explain(
        &read(text).unwrap(),
        Measure::Rate,
        Direction::Rise,
        &Config::default(),
    );
    assert_eq!(told.minutes, (2, 1));
    assert_eq!((told.whole.bad_before, told.whole.bad_now), (20.0, 300.0));
}

#[test]
fn quotes_and_byte_order_marks_are_read() {
    let text = "\u{feff}min,\"region, name\",value,cnt\n600,\"Gansu, \"\"west\"\"\",1,2\n";
    let table = read(text).unwrap();
    assert_eq!(table.dimensions(), ["region, name"]);
}

#[test]
fn errors_name_the_line_and_what_is_allowed() {
    let said = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(
        said("minute,value,cnt,region\n"),
        "line 1: there is no column \"min\"; the columns are minute, value, cnt, region"
    );
    assert_eq!(
        said("min,value,cnt,region\n600,1,2,gd\n600,many,2,gd\n"),
        "line 3: value = \"many\" is not allowed; expected a number from 0"
    );
    assert_eq!(
        said("min,value,cnt,region\nnoon,1,2,gd\n"),
        "line 2: min = \"noon\" is not allowed; expected seconds since 1970 or a time as \
         2026-01-31T08:00:00Z"
    );
    assert!(said("min,value,cnt,region\n600,1,2\n").contains("line: 2"));
    assert!(said("min,value,cnt\n600,1,2\n").starts_with("line 1: 0 dimensions"));
    assert!(said("min,value,cnt,region\n600,inf,2,gd\n").contains("value = \"inf\""));
}

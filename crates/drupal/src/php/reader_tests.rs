//! What is read of what PHP serialises, and what is not.

use super::*;

fn read(text: &str) -> Result<Php, Problem> {
    Php::read(text.as_bytes())
}

fn text(value: &str) -> Php {
    Php::Text(value.as_bytes().to_vec())
}

fn key(value: &str) -> Key {
    Key::Text(value.as_bytes().to_vec())
}

#[test]
fn scalars() {
    assert_eq!(read("N;"), Ok(Php::Null));
    assert_eq!(read("b:0;"), Ok(Php::Bool(false)));
    assert_eq!(read("b:1;"), Ok(Php::Bool(true)));
    assert_eq!(read("i:-9223372036854775808;"), Ok(Php::Integer(i64::MIN)));
    assert_eq!(read("d:0.1;"), Ok(Php::Float(0.1)));
    assert_eq!(read("d:1.0E+25;"), Ok(Php::Float(1.0e25)));
    assert_eq!(read("d:INF;"), Ok(Php::Float(f64::INFINITY)));
    assert_eq!(read("d:-INF;"), Ok(Php::Float(f64::NEG_INFINITY)));
    assert!(matches!(read("d:NAN;"), Ok(Php::Float(number)) if number.is_nan()));
    assert!(matches!(read("d:-0;"), Ok(Php::Float(number)) if number == 0.0 && number.is_sign_negative()));
    assert_eq!(read("s:4:\"a\";b\";"), Ok(text("a\";b")));
    assert_eq!(Php::read(b"s:2:\"\xff\0\";"), Ok(Php::Text(vec![0xff, 0])));
}

#[test]
fn arrays_and_objects() {
    let inner = Php::Array(vec![(Key::Integer(-1), Php::Null), (key("a"), Php::Bool(true))]);
    assert_eq!(read("a:2:{i:-1;N;s:1:\"a\";b:1;}"), Ok(inner.clone()));
    let object = "O:5:\"A\\B\\C\":4:{s:4:\"\0*\0p\";N;s:8:\"\0A\\B\\C\0q\";i:1;s:1:\"r\";i:2;i:5;a:2:{i:-1;N;s:1:\"a\";b:1;}}";
    let members = vec![
        ("p".to_owned(), Php::Null),
        ("q".to_owned(), Php::Integer(1)),
        ("r".to_owned(), Php::Integer(2)),
        ("5".to_owned(), inner),
    ];
    assert_eq!(read(object), Ok(Php::Object { class: "A\\B\\C".to_owned(), members }));
    let case = Php::Object { class: "Suit".to_owned(), members: vec![("name".to_owned(), text("Hearts"))] };
    assert_eq!(read("E:11:\"Suit:Hearts\";"), Ok(case));
    let custom =
        Php::Object { class: "A".to_owned(), members: vec![("serialized".to_owned(), text("x:i:1;}"))] };
    assert_eq!(read("C:1:\"A\":7:{x:i:1;}}"), Ok(custom));
}

#[test]
fn references_are_copies() {
    // The array is value 1, the object 2, its member 3.
    let value = read("a:3:{i:0;O:1:\"A\":1:{s:1:\"n\";i:7;}i:1;r:2;i:2;R:3;}").expect("read");
    let object = Php::Object { class: "A".to_owned(), members: vec![("n".to_owned(), Php::Integer(7))] };
    let copies = vec![
        (Key::Integer(0), object.clone()),
        (Key::Integer(1), object),
        (Key::Integer(2), Php::Integer(7)),
    ];
    assert_eq!(value, Php::Array(copies));
    // A reference `r` counts as a value, one `R` does not.
    let value = read("a:4:{i:0;i:5;i:1;R:2;i:2;r:2;i:3;R:3;}").expect("read");
    assert!(value.values().all(|value| *value == Php::Integer(5)));
}

#[test]
fn references_to_what_they_are_part_of_are_nothing() {
    let value =
        read("O:1:\"A\":2:{s:4:\"self\";r:1;s:5:\"child\";O:1:\"B\":1:{s:6:\"parent\";r:1;}}").expect("read");
    assert_eq!(value.get("self"), Some(&Php::Null));
    assert_eq!(value.at("child.parent"), Some(&Php::Null));
    // Two that refer to each other: the first could not know the second yet.
    let value = read("a:2:{i:0;O:1:\"A\":1:{s:1:\"b\";O:1:\"B\":1:{s:1:\"a\";r:2;}}i:1;r:3;}").expect("read");
    let copied = value.values().nth(1).expect("two");
    assert_eq!(copied.get("a"), Some(&Php::Null));
    assert!(read("r:1;").is_ok_and(|value| value == Php::Null));
    for wrong in ["r:2;", "R:1;", "r:0;", "r:99999999999999999999;"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn references_cannot_blow_up() {
    // Each level copies the one before twice: 2^40 values, if all were made.
    let level = |level: usize| {
        let before = if level == 1 { 2 } else { 3 * level - 3 };
        format!("i:{level};a:2:{{i:0;r:{before};i:1;r:{before};}}")
    };
    let levels = (1..=40).map(level).collect::<Vec<_>>().concat();
    let value = read(&format!("a:41:{{i:0;i:1;{levels}}}")).expect("read");
    assert!(count(&value) < 200_000);
    // What an object writes of itself may hold values that count: what is behind it cannot be found any more.
    let value = read("a:3:{i:0;C:1:\"A\":4:{i:1;}i:1;i:2;i:2;R:2;}").expect("read");
    assert_eq!(value.values().nth(2), Some(&Php::Null));
}

fn count(value: &Php) -> usize {
    1 + value.values().map(count).sum::<usize>()
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}N;{}", "a:1:{i:0;".repeat(depth), "}".repeat(depth));
    assert!(read(&nested(128)).is_ok());
    assert_eq!(
        read(&nested(129)).map_err(|problem| problem.what),
        Err("values stand too deep in each other")
    );
    assert!(read(&nested(100_000)).is_err());
    let limits = Limits { depth: 1, values: 3 };
    assert!(Php::read_within(b"a:2:{i:0;N;i:1;N;}", limits).is_ok());
    assert!(Php::read_within(b"a:3:{i:0;N;i:1;N;i:2;N;}", limits).is_err());
    assert!(read("a:999999999999:{i:0;N;}").is_err());
    assert!(read("s:18446744073709551615:\"a\";").is_err());
}

#[test]
fn what_is_cut_short_is_refused() {
    let whole = "a:5:{i:0;s:4:\"a\";b\";s:1:\"k\";d:1.5;i:1;O:1:\"A\":1:{s:1:\"n\";E:3:\"B:C\";}i:2;C:1:\"A\":2:{xy}i:3;r:4;}";
    assert!(read(whole).is_ok());
    for end in 0..whole.len() {
        let problem = read(&whole[..end]).expect_err("cut short");
        assert!(problem.at <= end, "{problem}");
    }
    assert_eq!(
        read(&format!("{whole} ")),
        Err(Problem { at: whole.len(), what: "more follows after the value" })
    );
}

#[test]
fn other_bytes_are_refused() {
    for wrong in [
        "",
        "x",
        "N",
        "n;",
        "b:2;",
        "b:true;",
        "i:;",
        "i:1.5;",
        "i: 1;",
        "i:9223372036854775808;",
        "d:inf;",
        "d:1,5;",
        "d:infinity;",
        "s:+1:\"a\";",
        "s:1:'a';",
        "s:2:\"a\";",
        "s:1:\"ab\";",
        "a:-1:{}",
        "a:1:{N;N;}",
        "a:1:{i:0;N;i:1;N;}",
        "O:1:\"A\":1:{b:1;N;}",
        "E:1:\"A\";",
        "C:1:\"A\":3:{ab}",
        "S:1:\"a\";",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let problem = read("a:1:{i:0;b:7;}").expect_err("no boolean");
    assert_eq!(problem.to_string(), "byte 13: a boolean is neither 0 nor 1");
}

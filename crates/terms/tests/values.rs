//! Ids, periods, countings, money, check digits and masks.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own data should stop")]

use proptest::prelude::*;
use terms::{
    CheckError, CommandId, Counting, DateTime, Digest, Fen, FenError, Mask, Period, PlaceCode, RecordId, Unit,
    citizen_number, civil_of, micros_of, uscc, with_citizen_check, with_uscc_check,
};

#[test]
fn a_moment_of_the_clock_is_eight_hours_before_that_of_the_wall() {
    let wall: DateTime = "2020-12-04T10:00:00.000001".parse().unwrap();
    assert_eq!(micros_of(wall), 1_607_047_200_000_001);
    assert_eq!(civil_of(0), "1970-01-01T08:00:00".parse().unwrap());
    assert_eq!(civil_of(i64::MAX), DateTime::MAX);
}

proptest! {
    #[test]
    fn moments_come_back_from_microseconds(micros in -62_000_000_000_000_000i64..253_000_000_000_000_000) {
        prop_assert_eq!(micros_of(civil_of(micros)), micros);
    }
}

#[test]
fn a_place_has_six_nine_or_twelve_digits() {
    for good in ["632222", "632222100", "632222100200"] {
        let code: PlaceCode = good.parse().unwrap();
        assert_eq!(code.to_string(), good);
        assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{good}\""));
    }
    for bad in ["", "63", "6322221", "63222a", "６３２２２２", "632222100200000"] {
        assert!(bad.parse::<PlaceCode>().is_err(), "{bad}");
        assert!(serde_json::from_str::<PlaceCode>(&format!("\"{bad}\"")).is_err());
    }
}

#[test]
fn ids_are_read_as_they_are_written() {
    assert_eq!("42".parse(), Ok(RecordId(42)));
    assert_eq!(serde_json::to_string(&RecordId(42)).unwrap(), "42");
    assert!("+42".parse::<RecordId>().is_err());
    let command = CommandId([0xa7; 16]);
    assert_eq!(command.to_string(), "a7".repeat(16));
    assert_eq!(command.to_string().parse(), Ok(command));
    let digest = Digest([9; 32]);
    let json = serde_json::to_string(&digest).unwrap();
    assert_eq!(json, format!("\"{}\"", "09".repeat(32)));
    assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
    assert!("A7".repeat(16).parse::<CommandId>().is_err(), "one spelling only");
}

#[test]
fn periods_are_read_as_they_are_written() {
    for (text, zh) in [
        ("5 working days", "5个工作日"),
        ("1 working day", "1个工作日"),
        ("60 days", "60日"),
        ("24 hours", "24小时"),
        ("6 months", "6个月"),
        ("2 years", "2年"),
    ] {
        let period: Period = text.parse().unwrap();
        assert_eq!((period.to_string().as_str(), period.zh().as_str()), (text, zh));
    }
    for bad in ["", "5", "0 days", "-5 days", "5  days", "five days", "5 workdays", "5 days ", "+5 days"] {
        assert!(bad.parse::<Period>().is_err(), "{bad}");
    }
    assert_eq!(
        "5 workdays".parse::<Period>().unwrap_err().to_string(),
        "`5 workdays` is no period: write a number above 0, a space and a unit, as in \"24 hours\", \"60 days\", \
         \"5 working days\", \"6 months\" or \"2 years\""
    );
}

#[test]
fn a_text_says_which_days_it_works() {
    let law = Counting { working: vec![3, 5, 7, 10], rolls: true, article: "行政复议法 88.2".to_owned() };
    assert_eq!(law.unit_of(10), Unit::WorkingDays);
    assert_eq!(law.unit_of(60), Unit::Days);
}

#[test]
fn money_is_read_in_yuan_and_kept_in_fen() {
    for (text, fen, shown) in [
        ("3000", 300_000, "3000"),
        ("3000.50", 300_050, "3000.5"),
        ("3,000.00", 300_000, "3000"),
        ("1,234,567.89", 123_456_789, "1234567.89"),
        ("0.05", 5, "0.05"),
        ("-12.5", -1_250, "-12.5"),
    ] {
        assert_eq!(text.parse(), Ok(Fen(fen)), "{text}");
        assert_eq!(Fen(fen).to_string(), shown);
    }
    for bad in ["", "-", ".5", "3.", "30,00", "1234,567", "3e3", "3 000", "３000", "1.2.3", "3.1,2", "+3"] {
        assert_eq!(bad.parse::<Fen>(), Err(FenError::NotAmount { text: bad.to_owned() }), "{bad}");
    }
    assert_eq!("3.005".parse::<Fen>(), Err(FenError::BelowFen { text: "3.005".to_owned() }));
    let huge = "92233720368547759";
    assert_eq!(huge.parse::<Fen>(), Err(FenError::TooLarge { text: huge.to_owned() }));
    assert_eq!(Fen(300_050).zh(), "3000.5元");
    assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
    assert_eq!(Fen(3).checked_sub(Fen(5)), Some(Fen(-2)));
}

#[test]
fn a_credit_code_is_checked_to_its_last_character() {
    // The example of a well-known public company.
    assert_eq!(uscc("91440300708461136T"), Ok(()));
    assert_eq!(uscc("914403007084611360"), Err(CheckError::CheckDigit));
    assert_eq!(uscc("9144030070846113"), Err(CheckError::Length { found: 16 }));
    assert_eq!(uscc("9144030070846113IT"), Err(CheckError::Character { place: 17 }));
    assert_eq!(uscc("91440300708461136Z"), Err(CheckError::Character { place: 18 }));
}

#[test]
fn a_citizen_number_is_checked_to_its_last_character() {
    // The example printed in the standard.
    assert_eq!(citizen_number("11010519491231002X"), Ok(()));
    assert_eq!(citizen_number("110105194912310021"), Err(CheckError::CheckDigit));
    assert_eq!(citizen_number("110105194902310021"), Err(CheckError::BirthDate));
    assert_eq!(citizen_number("11010519491231002x"), Err(CheckError::Character { place: 18 }));
    assert_eq!(citizen_number("十一"), Err(CheckError::Length { found: 2 }));
}

#[test]
fn the_error_about_a_number_never_shows_it() {
    let error = citizen_number("110105194912310021").unwrap_err().to_string();
    assert!(!error.contains("1101"), "{error}");
}

proptest! {
    #[test]
    fn completed_numbers_pass_and_a_mistyped_one_does_not(
        first17 in "[0-9A-HJ-NP-RTUWXY]{17}", place in 0usize..17, day in 1u8..29, serial in 0u16..1000,
    ) {
        let code = with_uscc_check(&first17).unwrap();
        prop_assert_eq!(uscc(&code), Ok(()));
        let mut mistyped = code.into_bytes();
        mistyped[place] = if mistyped[place] == b'7' { b'8' } else { b'7' };
        prop_assert_eq!(uscc(&String::from_utf8(mistyped).unwrap()), Err(CheckError::CheckDigit));
        let citizen = with_citizen_check(&format!("632222199003{day:02}{serial:03}")).unwrap();
        prop_assert_eq!(citizen_number(&citizen), Ok(()));
    }

    #[test]
    fn money_comes_back_from_its_text(fen in any::<i64>()) {
        prop_assume!(fen != i64::MIN);
        prop_assert_eq!(Fen(fen).to_string().parse(), Ok(Fen(fen)));
    }

    #[test]
    fn a_tail_keeps_the_length_and_no_more_than_allowed(text in "[0-9]{0,30}", keep in 0u8..12) {
        let masked = Mask::Tail(keep).apply(&text);
        prop_assert_eq!(masked.len(), text.len());
        prop_assert!(masked.chars().filter(|c| *c != '*').count() <= usize::from(keep));
    }
}

#[test]
fn masks_show_what_may_be_shown() {
    for (mask, text, shown) in [
        (Mask::Surname, "张三", "张某"),
        (Mask::Surname, "张三丰", "张某"),
        (Mask::Surname, "欧阳锋", "欧阳某"),
        (Mask::Surname, "欧阳", "欧某"),
        (Mask::Surname, "才让卓玛", "才某"),
        (Mask::Hide, "张三", "□"),
        (Mask::Hide, "", ""),
        (Mask::Tail(4), "13897001234", "*******1234"),
        (Mask::Tail(4), "1234", "****"),
        (Mask::Year, "1985-03-02", "1985"),
        (Mask::Year, "1985年3月2日", "1985年"),
        (Mask::Year, "19850302", "1985"),
        (Mask::Year, "八五年", "□"),
        (Mask::County, "青海省海北藏族自治州祁连县八宝镇西村12号", "青海省海北藏族自治州祁连县"),
        (Mask::County, "内蒙古自治区锡林郭勒盟锡林浩特市额尔敦路3号", "内蒙古自治区锡林郭勒盟锡林浩特市"),
        (Mask::County, "内蒙古自治区锡林郭勒盟苏尼特左旗满都拉图镇", "内蒙古自治区锡林郭勒盟苏尼特左旗"),
        (Mask::County, "河南省新乡市新乡县小冀镇", "河南省新乡市新乡县"),
        (Mask::County, "河南省长垣市蒲西街道人民路368号", "河南省长垣市"),
        (Mask::County, "北京市海淀区中关村大街1号", "北京市海淀区"),
        (Mask::County, "山东省济南市市中区经四路", "山东省济南市市中区"),
        (Mask::County, "河南省新乡市幸福路5号阳光小区", "河南省新乡市"),
        (Mask::County, "祁连县八宝镇", "祁连县"),
        (Mask::County, "朝阳区都市公寓二单元", "朝阳区"),
        (Mask::County, "河南省新乡市红旗区人民路", "河南省新乡市红旗区"),
        (Mask::County, "八宝镇西村", "□"),
    ] {
        assert_eq!(mask.apply(text), shown, "{mask} of {text}");
    }
}

#[test]
fn masks_are_read_as_they_are_written() {
    for mask in [Mask::Surname, Mask::Hide, Mask::Tail(4), Mask::County, Mask::Year] {
        assert_eq!(mask.to_string().parse(), Ok(mask));
    }
    assert!("tail".parse::<Mask>().is_err());
}

use super::*;
use crate::notice::rules::RuleSet;
use crate::notice::sms;

const LOCALES: [Locale; 4] = [Locale::En, Locale::Fa, Locale::Ru, Locale::Ko];

/// Long values as they really occur.
fn long_values(locale: Locale) -> Values {
    let (office, sum) = match locale {
        Locale::En => ("Post office 101000", "1,234,567.89 rubles"),
        Locale::Fa => ("دفتر پست ۱۲۳۴۵ تهران", "۱۲۳٬۴۵۶٬۷۸۹ تومان"),
        Locale::Ru => ("отделение 101000", "1 234 567,89 ₽"),
        Locale::Ko => ("서울중앙우체국", "123,456,789원"),
    };
    Values::from([
        (
            Macro::Track,
            if locale == Locale::Fa { "220150000012345678901234" } else { "80083741236541" }.to_owned(),
        ),
        (Macro::Office, office.to_owned()),
        (Macro::Sum, sum.to_owned()),
        (Macro::Order, "2026-11-000123".to_owned()),
        (Macro::Shop, "Romashka-Tehran".to_owned()),
        (Macro::Account, "korea-post-main".to_owned()),
        (Macro::Report, "Waiting at the office 12, Handed over 30".to_owned()),
        (Macro::Days, "10".to_owned()),
        (Macro::Deadline, "30.11.2026".to_owned()),
        (Macro::Link, "https://pay.shop.example/l/AbCdEfGhIjKlMnOpQr".to_owned()),
    ])
}

fn template(channel: Channel, text: &str) -> Template {
    Template { channel, subject: None, text: text.to_owned(), provider_template: None }
}

#[test]
fn every_usual_rule_has_a_text_in_every_language() {
    for rule in RuleSet::usual().rules {
        for locale in LOCALES {
            let text = default_text(locale, rule.audience, rule.channel, rule.kind);
            let text = text.unwrap_or_else(|| panic!("{locale:?} {rule:?}"));
            let template = template(rule.channel, text);
            template.check().unwrap();
            let unread = rule.audience == Audience::Buyer && !rule.kind.is_asked_for();
            assert_eq!(template.blocks().is_some(), unread, "{text}");
        }
    }
}

#[test]
fn defaults_take_two_segments_at_most() {
    for line in lines().filter(|line| line.contains("|text|")) {
        let locale = Locale::from_tag(line.split('|').next().unwrap());
        let source = line.splitn(5, '|').nth(4).unwrap().replace(SHOP_PLACEHOLDER, "Romashka-Tehran");
        let filled = render(&Text::parse(&source).unwrap(), &long_values(locale), locale);
        assert!(sms::length(&filled).segments <= 2, "{filled}");
    }
}

#[test]
fn placeholders_block() {
    assert_eq!(placeholder("Call <SHOP PHONE> now"), Some("<SHOP PHONE>"));
    assert_eq!(placeholder("1 < 2 > 0, <b>, <>"), None);
    let mut mail = template(Channel::Email, "x");
    assert_eq!(mail.blocks(), None);
    mail.subject = Some("News of <SHOP>".to_owned());
    assert_eq!(mail.blocks(), Some("<SHOP>"));
}

#[test]
fn channels_have_their_own_checks() {
    let link = template(Channel::Call, "{link}").check();
    assert_eq!(link, Err(TemplateError::LinkInCall));
    assert!(template(Channel::Call, &"a".repeat(600)).check().is_ok());
    assert_eq!(template(Channel::Call, &"a".repeat(601)).check(), Err(TemplateError::TooLongToSay));
    let mut sms = template(Channel::Sms, "x");
    sms.subject = Some("x".to_owned());
    assert_eq!(sms.check(), Err(TemplateError::Subject));
    let mut mail = template(Channel::Email, "x");
    mail.subject = Some("a\r\nBcc: b@shop.example".to_owned());
    assert_eq!(mail.check(), Err(TemplateError::Subject));
    let mut kakao = template(Channel::Kakao, "x");
    assert_eq!(kakao.check(), Err(TemplateError::ProviderTemplate));
    kakao.provider_template = Some("KA01TP_1".to_owned());
    assert!(kakao.check().is_ok());
    let dialect = template(Channel::Sms, "{{name}}").check();
    assert!(matches!(dialect, Err(TemplateError::Macro(MacroError::Dialect { .. }))));
}

#[test]
fn badly_typed_names_give_way_to_a_neutral_word() {
    for name in ["Иван Петров", "Anna Maria O'Neil", "علی رضایی", "김철수", "Jean-Luc Picard"]
    {
        assert!(is_presentable(name), "{name}");
    }
    for name in
        ["", "иван", "Петров", "ИВАН ПЕТРОВ", "ivan petrov", "Иван 2", "{sum} Иван", "А", "http://x Y"]
    {
        assert!(!is_presentable(name), "{name}");
    }
    let text = Text::parse("Здравствуйте, {name}!").unwrap();
    let with = |name: &str| render(&text, &Values::from([(Macro::Name, name.to_owned())]), Locale::Ru);
    assert_eq!(with("Иван Петров"), "Здравствуйте, Иван Петров!");
    assert_eq!(with("петров"), "Здравствуйте, покупатель!");
    assert_eq!(render(&text, &Values::new(), Locale::Ru), "Здравствуйте, покупатель!");
}

#[test]
fn the_settings_page_lists_what_has_a_text() {
    assert_eq!(kinds_with_defaults().count(), 26);
}

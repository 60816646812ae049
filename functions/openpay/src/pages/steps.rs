//! The forms of the pay page.

use axum::http::StatusCode;
use axum::response::Response;
use yam_domain::money::display::Locale;
use yam_domain::payment::slip::{BANKS, SlipProblem};
use yam_domain::payment::words::in_words;
use yam_gateways::Fields;
use yam_platform::Problem;
use yam_platform::problem::Kind;

use super::carried::Carried;
use super::form::Visit;
use super::html::{Html, put};
use super::words::{LANGUAGES, Words, tag};

/// What is wrong with fields, in the payer's language.
#[derive(Debug, Default)]
pub(super) struct Faults {
    told: Vec<(&'static str, &'static str)>,
    refused: bool,
}

impl Faults {
    pub(super) fn add(&mut self, field: &'static str, words: &'static str) {
        self.note(field, words);
        self.refused = true;
    }

    /// Words beside a field that refuse nothing: the page is the one that was asked for.
    pub(super) fn note(&mut self, field: &'static str, words: &'static str) {
        self.told.push((field, words));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn of(&self, field: &str) -> Option<&'static str> {
        self.told.iter().find(|(name, _)| *name == field).map(|(_, words)| *words)
    }

    fn status(&self) -> StatusCode {
        if self.refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

/// The problems of a slip in the payer's language.
pub(super) fn slip_faults(words: &'static Words, problems: &[(&'static str, SlipProblem)]) -> Faults {
    let mut faults = Faults::default();
    for (_, problem) in problems {
        match problem {
            SlipProblem::Bank => faults.add("bank", words.bad_bank),
            SlipProblem::Number(_) => faults.add("number", words.bad_number),
            SlipProblem::Date | SlipProblem::DateRange => faults.add("paid_on", words.bad_day),
            SlipProblem::Amount(_) => faults.add("slip_amount", words.bad_amount),
            SlipProblem::Last4 => faults.add("last4", words.bad_last4),
        }
    }
    faults
}

/// An input with its label.
struct Input<'a> {
    name: &'static str,
    label: &'a str,
    value: &'a str,
    kind: &'static str,
    autocomplete: &'static str,
    required: bool,
}

impl Visit<'_> {
    fn input(&self, page: &mut Html, input: &Input<'_>, faults: &Faults) {
        let fault = faults.of(input.name);
        put!(page, "<label for=\"", (input.name), "\">", (input.label));
        if !input.required {
            put!(page, " (", (self.words.optional), ")");
        }
        put!(
            page,
            "</label><input id=\"",
            (input.name),
            "\" name=\"",
            (input.name),
            "\" type=\"",
            (input.kind)
        );
        put!(page, "\" value=\"", (input.value), "\" autocomplete=\"", (input.autocomplete), "\"");
        if input.kind == "tel" || input.kind == "text" && input.autocomplete == "off" {
            put!(page, " dir=\"ltr\"");
        }
        if matches!(input.name, "amount" | "slip_amount" | "number" | "last4") {
            put!(page, " inputmode=\"numeric\"");
        }
        if input.required {
            put!(page, " required");
        }
        if fault.is_some() {
            put!(page, " aria-invalid=\"true\" aria-describedby=\"", (input.name), "-fault\"");
        }
        put!(page, ">");
        self.fault(page, input.name, faults);
    }

    fn fault(&self, page: &mut Html, name: &str, faults: &Faults) {
        if let Some(fault) = faults.of(name) {
            put!(page, "<p class=\"bad\" role=\"alert\" id=\"", (name), "-fault\">", (fault), "</p>");
        }
    }

    /// The hidden fields of every form.
    fn hidden(&self, page: &mut Html, carried: &Carried, step: &'static str) -> Result<(), Problem> {
        let sealed = carried.seal(&self.cipher, self.state.store.ids.as_ref());
        let sealed = sealed.map_err(|_| Problem::new(Kind::Internal))?;
        put!(page, "<input type=\"hidden\" name=\"form\" value=\"", (sealed), "\">");
        put!(page, "<input type=\"hidden\" name=\"step\" value=\"", (step), "\">");
        put!(page, "<input type=\"hidden\" name=\"lang\" value=\"", (tag(self.locale)), "\">");
        Ok(())
    }

    /// What is paid, for what.
    fn summary(&self, page: &mut Html, carried: &Carried) {
        if !carried.description.is_empty() {
            put!(page, "<dl><dt>", (self.words.purpose), "</dt><dd>", (carried.description), "</dd></dl>");
        }
        let Some(amount) = carried.amount else { return };
        let shown = self.shop.money(self.state, amount, self.shop.unit, self.locale);
        put!(
            page,
            "<dl><dt>",
            (self.words.amount),
            "</dt><dd><p class=\"amount\" id=\"amount-shown\">",
            (shown),
            "</p>"
        );
        if let Some(said) = in_words(amount, self.shop.unit, self.locale) {
            put!(page, "<p class=\"words\">", (said), "</p>");
        }
        put!(page, "</dd></dl>");
    }

    fn languages(&self, page: &mut Html) {
        put!(page, "<nav class=\"noprint\">");
        for (locale, name) in LANGUAGES {
            if locale == self.locale {
                put!(page, "<strong>", (name), "</strong> ");
            } else {
                put!(
                    page,
                    "<a href=\"",
                    (self.address_in(locale)),
                    "\" hreflang=\"",
                    (tag(locale)),
                    "\">",
                    (name)
                );
                put!(page, "</a> ");
            }
        }
        put!(page, "</nav>");
    }

    /// Step 1.
    pub(super) fn show_details(
        &self,
        carried: &Carried,
        typed: Option<&Fields>,
        faults: &Faults,
    ) -> Result<Response, Problem> {
        let payer = &carried.payer;
        let known = |name: &str| -> String {
            if let Some(typed) = typed {
                return typed.get(name).unwrap_or("").to_owned();
            }
            let phone = |phone: &Option<yam_domain::phone::Phone>| {
                phone.as_ref().map_or_else(String::new, |phone| phone.e164().to_owned())
            };
            match name {
                "name" => payer.name.clone(),
                "mobile" => phone(&payer.mobile),
                "phone" => phone(&payer.phone),
                "email" => payer.email.clone().unwrap_or_default(),
                _ => String::new(),
            }
        };
        let words = self.words;
        let mut page = Html::new();
        self.languages(&mut page);
        if carried.amount.is_some() || !carried.description.is_empty() {
            put!(page, "<section>");
            self.summary(&mut page, carried);
            put!(page, "</section>");
        }
        self.fault(&mut page, "amount", faults);
        put!(page, "<form method=\"post\" accept-charset=\"utf-8\">");
        self.hidden(&mut page, carried, "details")?;
        let inputs = [
            ("name", words.name, "text", "name", true),
            ("mobile", words.mobile, "tel", "tel", true),
            ("phone", words.phone, "tel", "tel-national", true),
            ("email", words.email, "email", "email", false),
        ];
        for (name, label, kind, autocomplete, required) in inputs {
            let value = known(name);
            self.input(
                &mut page,
                &Input { name, label, value: &value, kind, autocomplete, required },
                faults,
            );
        }
        if carried.link.is_none() && carried.description.is_empty() {
            let value = known("description");
            let input = Input {
                name: "description",
                label: words.purpose,
                value: &value,
                kind: "text",
                autocomplete: "on",
                required: false,
            };
            self.input(&mut page, &input, faults);
        }
        put!(page, "<button id=\"continue\">", (words.go_on), "</button></form>");
        Ok(self.answer(words.details, faults.status(), &page))
    }

    /// Step 2, where the amount is not known or not wanted.
    pub(super) fn show_amount(&self, carried: &Carried, faults: &Faults) -> Result<Response, Problem> {
        let words = self.words;
        let mut page = Html::new();
        put!(page, "<form method=\"post\">");
        self.hidden(&mut page, carried, "amount")?;
        let label = format!("{} {}", words.amount_in, words.unit(self.shop.unit));
        let input = Input {
            name: "amount",
            label: &label,
            value: "",
            kind: "text",
            autocomplete: "off",
            required: true,
        };
        self.input(&mut page, &input, faults);
        put!(page, "<button id=\"continue\">", (words.go_on), "</button></form>");
        Ok(self.answer(words.amount, faults.status(), &page))
    }

    /// Step 2: the amount in figures and words, and the ways to pay (S2-11 to S2-14).
    pub(super) async fn show_ways(
        &self,
        carried: &Carried,
        faults: &Faults,
        typed: Option<&Fields>,
    ) -> Result<Response, Problem> {
        let words = self.words;
        let Some(amount) = carried.amount else { return self.show_amount(carried, faults) };
        let ways = self.ways(amount).await?;
        let slips = !self.shop.settings.bank_accounts.is_empty();
        let mut page = Html::new();
        put!(page, "<section>");
        self.summary(&mut page, carried);
        put!(page, "</section>");
        if self.amount_is_open() {
            put!(page, "<form method=\"post\">");
            self.hidden(&mut page, carried, "change")?;
            put!(page, "<button class=\"second\">", (words.other_amount), "</button></form>");
        }
        if ways.is_empty() && !slips {
            put!(page, "<section><p role=\"status\">", (words.no_way), "</p></section>");
        }
        if !ways.is_empty() {
            put!(page, "<form method=\"post\"><fieldset><legend>", (words.gateway), "</legend>");
            self.hidden(&mut page, carried, "pay")?;
            let only = ways.len() == 1;
            for way in &ways {
                put!(page, "<label class=\"way\"><input type=\"radio\" name=\"gateway\" required value=\"");
                put!(page, (way.account.id), "\"");
                if only {
                    put!(page, " checked");
                }
                put!(page, ">", (way.title), "</label>");
            }
            self.fault(&mut page, "gateway", faults);
            put!(page, "</fieldset><button id=\"pay\">", (words.pay), "</button></form>");
        }
        if slips {
            self.slip_form(&mut page, carried, faults, typed)?;
        }
        Ok(self.answer(words.way, faults.status(), &page))
    }

    fn slip_form(
        &self,
        page: &mut Html,
        carried: &Carried,
        faults: &Faults,
        typed: Option<&Fields>,
    ) -> Result<(), Problem> {
        let words = self.words;
        let before = |name: &str| typed.and_then(|typed| typed.get(name)).unwrap_or("").to_owned();
        put!(page, "<details");
        if typed.is_some() {
            put!(page, " open");
        }
        put!(page, "><summary>", (words.slip), "</summary><section><p>", (words.slip_into), "</p><dl>");
        for account in &self.shop.settings.bank_accounts {
            let bank = BANKS.iter().find(|bank| bank.slug == account.bank);
            let bank = bank.map_or(account.bank.as_str(), |bank| self.bank_name(bank));
            put!(
                page,
                "<dt>",
                (bank),
                " – ",
                (account.holder),
                "</dt><dd class=\"ltr\">",
                (account.number),
                "</dd>"
            );
        }
        put!(page, "</dl></section><form method=\"post\" enctype=\"multipart/form-data\">");
        self.hidden(page, carried, "slip")?;
        put!(
            page,
            "<label for=\"bank\">",
            (words.bank),
            "</label><select id=\"bank\" name=\"bank\" required>"
        );
        put!(page, "<option value=\"\"></option>");
        let chosen = before("bank");
        for bank in BANKS {
            put!(page, "<option value=\"", (bank.slug), "\"");
            if chosen == bank.slug {
                put!(page, " selected");
            }
            put!(page, ">", (self.bank_name(bank)), "</option>");
        }
        put!(page, "</select>");
        self.fault(page, "bank", faults);
        let usual = carried.amount.map_or_else(String::new, |amount| {
            let unit = self.shop.unit.minor_units();
            let whole = amount.amount() / unit.max(1);
            if amount.amount() % unit.max(1) == 0 { whole.to_string() } else { String::new() }
        });
        let typed_amount = before("slip_amount");
        let inputs = [
            ("number", words.slip_number.to_owned(), before("number"), true),
            ("paid_on", words.slip_day.to_owned(), before("paid_on"), true),
            (
                "slip_amount",
                format!("{} ({})", words.slip_amount, words.unit(self.shop.unit)),
                if typed_amount.is_empty() { usual } else { typed_amount },
                true,
            ),
            ("last4", words.last4.to_owned(), before("last4"), false),
        ];
        for (name, label, value, required) in inputs {
            let input =
                Input { name, label: &label, value: &value, kind: "text", autocomplete: "off", required };
            self.input(page, &input, faults);
        }
        super::picture::input(page, self.locale, words.optional, faults.of("picture").is_some());
        self.fault(page, "picture", faults);
        put!(page, "<button id=\"slip\" class=\"second\">", (words.slip_send), "</button></form></details>");
        Ok(())
    }

    fn bank_name(&self, bank: &'static yam_domain::payment::slip::Bank) -> &'static str {
        if self.locale == Locale::Fa { bank.name_fa } else { bank.name_en }
    }
}

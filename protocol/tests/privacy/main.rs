//! What cleaning takes out, and what it leaves.

mod properties;

use dna_protocol::privacy::{
    clean_address, clean_text, clean_url, is_personal, is_plain, mask_of_number,
};

#[track_caller]
fn check_texts(cases: &[(&str, &str)]) {
    for (text, clean) in cases {
        assert_eq!(clean_text(text), *clean, "{text:?}");
        assert_eq!(clean_text(clean), *clean, "a second time");
    }
}

#[track_caller]
fn check_addresses(cases: &[(&str, &str)]) {
    for (url, clean) in cases {
        assert_eq!(clean_address(url), *clean, "{url:?}");
        assert_eq!(clean_address(clean), *clean, "a second time");
    }
}

#[test]
fn most_texts_look_plain() {
    for text in ["https://bank.example/api/v1/accounts", "TypeError: x is undefined", "2026-11-25"]
    {
        assert!(is_plain(text), "{text}");
    }
    for text in ["/a?b", "a#b", "me@bank", "13 812 345 678", "data:x", "JavaScript:x", " /a", "%40"]
    {
        assert!(!is_plain(text), "{text}");
    }
}

const WECHAT: &str = "o6zAJs5tGhK_LQz1xF4pPq0wErTy";
const DOUYIN: &str = "_000Hqnyyz5UYe39YWBZwFnaQGfyaoh3s4IY";
const ALIPAY: &str = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5";
const QQ: &str = "E4F4AEA33253A2797FB897C50B81D7ED";

#[test]
fn openids_are_masked() {
    for id in
        [WECHAT, DOUYIN, ALIPAY, QQ, "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "oqCgoCEACyAACwvlugRlAEGACAtw"]
    {
        check_texts(&[
            (id, "{openid}"),
            (&format!("no user {id}, openid:{id};"), "no user {openid}, openid:{openid};"),
            (&format!("{{\"openid\":\"{id}\"}}"), "{\"openid\":\"{openid}\"}"),
            (&format!("user-{id}-profile"), "user-{openid}-profile"),
            (&format!("{id}-13800138000"), "{openid}-{phone}"),
            (&format!("13800138000 {id}"), "{phone} {openid}"),
            (&format!("{id}@bank.cn"), "{email}"),
            (&format!("{id} 3 times"), "{openid} 3 times"),
        ]);
        check_addresses(&[(&format!("/users/{id}/cards"), "/users/{openid}/cards")]);
        assert_eq!(clean_url(&format!("/a?u={id}"), "u"), "/a?u={openid}");
        assert!(is_personal(id) && !is_plain(id) && !is_plain(&format!("no user {id}")));
    }
    assert_eq!(clean_url(&format!("/a?u=%6f{}", &WECHAT[1..]), "u"), "/a?u={masked}");
}

#[test]
fn openids_are_masked_behind_what_stands_for_a_sign() {
    for id in [WECHAT, DOUYIN, ALIPAY, QQ] {
        for escape in
            ["%3D", "%22", "%253d", "%25253D", "\\n", "\\x22", "\\u0022", "\\012", "\\\\t"]
        {
            check_texts(&[
                (&format!("openid{escape}{id}"), &format!("openid{escape}{{openid}}")),
                (&format!("{escape}{id}%22 \\"), &format!("{escape}{{openid}}%22 \\")),
                (
                    &format!("{escape}{id}{escape}{id}"),
                    &format!("{escape}{{openid}}{escape}{{openid}}"),
                ),
            ]);
            assert!(
                !is_plain(&format!("no{escape}{id}")) && is_personal(&format!("a{escape}{id}"))
            );
        }
        check_texts(&[
            (&format!("13800138000%20{id}"), "{phone}%20{openid}"),
            (&format!("openid%3D{id}@bank.cn"), "openid%3D{openid}@bank.cn"),
        ]);
        check_addresses(&[
            (&format!("/u/openid%3D{id}/a?b"), "/u/openid%3D{openid}/a"),
            (&format!("/u/%7B%22id%22%3A%22{id}%22%7D"), "/u/%7B%22id%22%3A%22{openid}%22%7D"),
        ]);
        assert_eq!(clean_url(&format!("/a?u=id%3A{id}"), "u"), "/a?u={masked}");
    }
    // Cards, phones and addresses are found whatever stands before them.
    for (text, clean) in [
        ("card%3D6222021234567890", "card%3D{card}"),
        ("tel%3A13800138000", "tel%3A{phone}"),
        ("\\n13800138000\\n", "\\n{phone}\\n"),
        ("to%3Dz.s%40bank.cn", "to%{email}"),
    ] {
        check_texts(&[(text, clean)]);
    }
}

#[test]
fn what_somebody_has_written_or_a_tool_has_counted_is_no_openid() {
    for text in [
        "outboundAllowedConnectionsV4",
        "onResponseReceivedEarlyHints",
        "offLocalServiceDiscoveryStop",
        "onboarding-step-2-of-confirm",
        "outstanding_balances_by_2026",
        "o6zajs5tghk_lqz1xf4ppq0werty",
        "o6zAJs5tGhK_LQz1xF4pPq0wErT",
        "o6zAJs5tGhK_LQz1xF4pPq0wErTyx",
        "0123456789abcdef0123456789abcdef01a34567b9abcde",
        "0da22181-d833-447f-995f-1beefea5bef3",
        "e4f4aea33253a2797fb897c50b81d7ed",
        "E4F4AEA33253A2797FB897C50B81D7ED0A",
        "E4F4AEA3-3253-A279-7FB8-97C50B81D7ED",
        "FEEDFACEDEADBEEFFEEDFACEDEADBEEF",
        "main.0123456789abcdef0123.js",
        "KFOmCnqEu92Fr1Mu4mxKKTU1Kg",
    ] {
        check_texts(&[(text, text)]);
    }
    check_texts(&[(&format!("13800138000{WECHAT}"), "{phone}{openid}")]);
    // A number behind it makes it longer, whether masked or not.
    check_texts(&[(&format!("{WECHAT}13800138000"), &format!("{WECHAT}{{phone}}"))]);
}

#[test]
fn what_others_know_a_person_by_is_personal() {
    for id in [WECHAT, "6222020202020208", "vip-13800138000", "a@bank.cn", "11010119900307123X"] {
        assert!(is_personal(id), "{id}");
    }
    for id in [WECHAT, DOUYIN, ALIPAY, QQ] {
        for glued in [format!("wx{id}"), format!("{id}1"), format!("u:wx{id}x")] {
            assert!(is_personal(&glued), "{glued}");
        }
    }
    for id in ["20260012345", "C-100200300400", "zhang", "vip/7", "", "sha256:0f"] {
        assert!(!is_personal(id), "{id}");
    }
}

#[test]
fn an_address_loses_query_and_fragment() {
    check_addresses(&[
        ("https://bank/a?b=c#d", "https://bank/a"),
        ("/a#card=1?x", "/a"),
        ("/a", "/a"),
        ("pay.do?secret (with) 'all' of it", "pay.do"),
        ("?only", ""),
        ("https://me:secret@bank/a@b?c", "https://bank/a@b"),
        ("https://me:se cret'@bank/", "https://bank/"),
        ("//me@bank", "//bank"),
        ("data:image/png;base64,AAAA", "data:image/png"),
        ("data:", "data:"),
        ("data:secret", "data:"),
        (" DATA:text/plain,sec ret\"x", "DATA:text/plain"),
        ("javascript:alert('secret')", "javascript:"),
        ("", ""),
    ]);
}

#[test]
fn an_address_has_its_numbers_masked() {
    check_addresses(&[
        ("/accounts/6222021234567890/detail", "/accounts/{card}/detail"),
        ("/a/6222%200212%203456%207890/b", "/a/{card}/b"),
        ("https://bank/users/zhang.san%40bank.cn/edit", "https://bank/users/{email}/edit"),
        ("/phone/13800138000", "/phone/{phone}"),
        ("/id/11010119900307123X", "/id/{id}"),
        ("/order/123456789/5", "/order/{number}/5"),
        ("https://192.168.100.200:8443/v2/page-12", "https://192.168.100.200:8443/v2/page-12"),
        ("/js/main.0123456789abcdef0123.js", "/js/main.0123456789abcdef0123.js"),
        ("/npm/vue@2.6.14/dist/vue.js", "/npm/vue@2.6.14/dist/vue.js"),
    ]);
}

#[test]
fn a_query_ends_at_space_quote_or_closing_bracket() {
    check_texts(&[
        ("at f (https://bank/a.js?t=secret:10:20)", "at f (https://bank/a.js:10:20)"),
        (
            "at f (https://bank/a.js?t=s:10:20)\nat https://bank/b.js#x=1:3:4",
            "at f (https://bank/a.js:10:20)\nat https://bank/b.js:3:4",
        ),
        (
            "at eval (eval at <anonymous> (https://bank/b.js?x=1:2:3), <anonymous>:1:1)",
            "at eval (eval at <anonymous> (https://bank/b.js:2:3), <anonymous>:1:1)",
        ),
        ("f@https://bank/a.js?x=1:2:3\ng@/b.js#x:4:5", "f@https://bank/a.js:2:3\ng@/b.js:4:5"),
        ("https://bank/api?filter[card]=secret", "https://bank/api"),
        ("[https://bank/api?filter[card]=secret] no", "[https://bank/api] no"),
        ("/x?name=(secret)tail", "/x"),
        ("<https://bank/x?a=<b>secret>", "<https://bank/x>"),
        ("(see https://bank/x?a=(b)secret) no", "(see https://bank/x) no"),
        ("Unexpected token (\n/x?a=)secret", "Unexpected token (\n/x"),
        ("a < b and /x?a=b>secret", "a < b and /x"),
        ("fetch('/x?name=a|b') \"/y#z\" `/z?q`", "fetch('/x') \"/y\" `/z`"),
        ("GET https://bank/api?page=1 404 (Not Found)", "GET https://bank/api 404 (Not Found)"),
        ("https://bank/a?b=c, are you sure?", "https://bank/a are you sure?"),
        ("GET https://me:secret@bank/a failed", "GET https://bank/a failed"),
        ("img data:text/plain,secret failed", "img data:text/plain failed"),
        ("url(data:image/png;base64,AAAA) no", "url(data:image/png) no"),
    ]);
}

#[test]
fn a_position_has_few_digits() {
    check_texts(&[
        ("at f (https://bank/pay?acct=CNY:6222021234567890)", "at f (https://bank/pay)"),
        ("at f (https://bank/pay?acct=CNY:1234567)", "at f (https://bank/pay)"),
        ("/pay?a=1:12345678:9", "/pay"),
        ("/pay?a=1:2:1234567", "/pay:2:1234567"),
    ]);
}

#[test]
fn a_query_needs_no_address_before_it() {
    check_texts(&[
        ("pay.do?card=secret failed", "pay.do failed"),
        ("?id=secret", ""),
        ("POST pay.do?secret&card=secret", "POST pay.do"),
        ("index.html#access_token=secret", "index.html"),
        ("bank.example/p?tok=1#x", "bank.example/p"),
        ("GET /api/pay?secret failed", "GET /api/pay failed"),
    ]);
}

#[test]
fn numbers_are_masked_by_what_they_are() {
    check_texts(&[
        ("card 6222021234567890 refused", "card {card} refused"),
        ("card 6222 0212 3456 7890 refused", "card {card} refused"),
        ("card 6222-0212-3456-7890.", "card {card}."),
        ("card 6222\u{a0}0212\u{a0}3456\u{a0}7890.", "card {card}."),
        ("4111111111111111", "{card}"),
        ("x4111111111111111y", "x{card}y"),
        ("3782 822463 10005", "{card}"),
        ("11010119900307123X,11010119900307123x", "{id},{id}"),
        ("110101199003071234", "{id}"),
        ("110101 19900307 1234", "{id}"),
        ("call 13800138000 or +8613800138000", "call {phone} or {phone}"),
        ("+86 138 0013 8000, 138-0013-8000", "{phone}, {phone}"),
        ("mail zhang.san+x@mail.bank.cn, now", "mail {email}, now"),
        ("联系zhang@163.com吧", "联系{email}吧"),
        ("13800138000@qq.com", "{email}"),
        ("1234 5678 9012ab@x.cn", "{number}{email}"),
        ("at 1732500000000", "at {number}"),
        ("123456789", "{number}"),
        ("6222 0212 3456 78:", "{number} 78:"),
        ("12345678901234567890123456789", "{number}"),
    ]);
}

#[test]
fn numbers_in_other_spellings_are_masked() {
    check_texts(&[
        ("card 6222.0212.3456.7890 refused", "card {card} refused"),
        ("card 6222,0212,3456,7890.", "card {card}."),
        ("card 6222, 0212, 3456, 7890.", "card {card}."),
        ("4111_1111_1111_1111", "{card}"),
        ("3782.822463.10005", "{card}"),
        ("6222  0212  3456  7890", "{card}"),
        ("6222 \u{a0}0212\t3456\u{2009} 7890", "{card}"),
        ("6222\u{200b}0212\u{200b}3456\u{200b}7890", "{card}"),
        ("622202\u{2060}123456789\u{feff}0", "{card}"),
        ("6222\u{3000}0212\u{2009}3456\u{202f}7890", "{card}"),
        ("6222\u{2013}0212\u{2011}3456\u{2212}7890", "{card}"),
        ("６２２２０２１２３４５６７８９０ 拒绝", "{card} 拒绝"),
        ("６２２２ ０２１２ ３４５６ ７８９０", "{card}"),
        ("138.0013.8000, +86 138.0013.8000", "{phone}, {phone}"),
        ("138·0013·8000, 6222·0212·3456·7890", "{phone}, {card}"),
        ("138・0013・8000, 138．0013．8000, 138•0013•8000", "{phone}, {phone}, {phone}"),
        ("１３８．００１３．８０００", "{phone}"),
        ("+８６13800138000，１１０１０１１９９００３０７１２３X", "{phone}，{id}"),
        ("1１３800１38000", "{number}"),
        ("110101.19900307.1234", "{id}"),
        ("at 1.6222.0212.3456.7890", "at 1.{card}"),
        ("订单12345，卡6222.0212.3456.7890", "订单12345，卡{card}"),
    ]);
}

#[test]
fn a_release_is_kept_but_for_personal_numbers() {
    use dna_protocol::privacy::mask_in_release;
    for release in ["web@4.2.0", "2026.11.25.1234", "20261125032248", "1.2.3+4532015112830", ""] {
        assert_eq!(mask_in_release(release), None, "{release}");
    }
    for (release, masked) in [
        ("6222021234567890", "{card}"),
        ("web@4111111111111111-1", "web@{card}-1"),
        ("1.0.13800138000", "1.0.{phone}"),
        ("4111.1111.1111.1111", "{card}"),
        ("４１１１１１１１１１１１１１１１", "{card}"),
        ("110101199003071234", "{id}"),
    ] {
        assert_eq!(mask_in_release(release).as_deref(), Some(masked), "{release}");
    }
}

#[test]
fn what_is_not_personal_stays() {
    for text in [
        "",
        "why? because",
        "why?",
        "a://",
        "://?",
        "x ? y : z",
        "and/or?",
        "C#",
        "C# = F#",
        "TypeError: x",
        "1/2",
        "12345678",
        "2026-11-25 03:22:48.123Z",
        "1,234,567,890.00",
        "1.234.567.890.123, 192.168.100.200, 2026.11.25 03:22",
        "2026_11_25_1234_5678, v1.2.3.4567.8901",
        "at f (a.js:1234:56), 1234.5678, 9012.3456",
        "订单1234，金额5678.90，数量12",
        "Wed Nov 25 2026 03:22:48 GMT+0800",
        "foo@1.2.3, @angular/core@12, f@https://bank/a.js:1:2",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "at f (a.js:1234567:1234567)",
        "metadata: form-data:x",
        "{card} {id} {phone} {number} {email}",
        "银行（测试）？是",
    ] {
        assert_eq!(clean_text(text), text);
    }
}

#[test]
fn a_number_that_looks_personal_is_masked() {
    for (number, mask) in [
        (6_222_021_234_567_890.0, Some("{card}")),
        (4_111_111_111_111_111.0, Some("{card}")),
        (-4_111_111_111_111_111.0, Some("{card}")),
        (110_101_199_003_071_234.0, Some("{id}")),
        (13_800_138_000.0, Some("{phone}")),
        (8_613_800_138_000.0, Some("{phone}")),
        (1_234_567_890_123_456_789.0, Some("{number}")),
        (1_800_000_000_000.0, None),
        // Luhn holds for one in ten times.
        (1_800_000_000_006.0, None),
        (123_456_789.0, None),
        (13_800_138_000.5, None),
        (0.0, None),
        (f64::MAX, None),
    ] {
        assert_eq!(mask_of_number(number), mask, "{number}");
    }
}

#[test]
fn parameters_stay_where_they_are_allowed() {
    let allowed = "lang,product id";
    for (url, clean) in [
        ("https://b/a?lang=zh&token=s&product=7#top", "https://b/a?lang=zh&product=7"),
        ("https://b/a?product=7&lang=zh", "https://b/a?product=7&lang=zh"),
        ("https://u:p@b/a?lang=zh", "https://b/a?lang=zh"),
        ("/a?id=1&lang", "/a?id=1&lang"),
        ("https://b/a?lang=", "https://b/a?lang="),
        ("https://b/a?Lang=zh&language=zh&xlang=1&=2", "https://b/a"),
        ("https://b/a#?lang=zh", "https://b/a"),
        ("https://b/a?token=1?lang=zh", "https://b/a"),
        ("https://b/a?id=6222021234567890123&lang=a%40b.cn", "https://b/a?id={card}&lang={email}"),
        ("https://b/a?id=/x?token=s", "https://b/a?id=/x"),
        // As their reader will decode them.
        ("https://b/a?id=6222+0200+1234+5678&lang=zh", "https://b/a?id={masked}&lang=zh"),
        ("https://b/a?id=%31%33%38%300138000", "https://b/a?id={masked}"),
        ("https://b/a?id=138%C2%A00013%C2%A08000", "https://b/a?id={masked}"),
        ("https://b/a?id=/x%3Ftoken%3Ds", "https://b/a?id={masked}"),
        ("https://b/a?id=two+words%21", "https://b/a?id=two+words%21"),
        ("data:text/html,?lang=zh", "data:text/html"),
        ("javascript:go?lang=zh", "javascript:"),
    ] {
        assert_eq!(clean_url(url, allowed), clean, "{url}");
        assert_eq!(clean_url(clean, allowed), clean, "a second time");
        assert_eq!(clean_url(url, ""), clean_address(url), "nothing is allowed");
    }
}

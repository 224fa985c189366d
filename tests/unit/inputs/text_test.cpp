// Redaction, nearest names and the words of errors.

#include <gtest/gtest.h>

#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "runtime/inputs/nearest.h"
#include "runtime/inputs/redact.h"

namespace dpol::inputs {
namespace {

// Documents name their secrets otherwise than URLs do.
TEST(RedactLine, HidesValuesByTheirNames) {
  EXPECT_EQ(redact_line(R"("token": "abc\"d", "failed": 0,)"), R"("token": ***, "failed": 0,)");
  EXPECT_EQ(redact_line(R"({"db_password":"a:b","x":{"api_key":12},"y":1})"), R"({"db_password":***,"x":{"api_key":***},"y":1})");
  EXPECT_EQ(redact_line("client_secret: s3 cr3t"), "client_secret: ***");
  EXPECT_EQ(redact_line("Authorization: Basic dXNlcjpwYXNz"), "Authorization: ***");
  EXPECT_EQ(redact_line("'password' : 'a"), "'password' : ***");
  EXPECT_EQ(redact_line("tokens: [a, b]"), "tokens: ***");
  EXPECT_EQ(redact_line("password:"), "password:");
  EXPECT_EQ(redact_line("see https://a:b@host/x?token=1&y=2"), "see https://***@host/x?token=***&y=2");
  for (const char* text : {"", ":", "\"pass\": 12, \"key\": \"jobs\"", "a: b: c", "12:30:45 done"}) EXPECT_EQ(redact_line(text), text);
}

struct Redaction {
  const char* text;
  const char* redacted;
};
class Redact : public ::testing::TestWithParam<Redaction> {};
TEST_P(Redact, HidesSecrets) {
  EXPECT_EQ(redact(GetParam().text), GetParam().redacted);
  EXPECT_EQ(redact(GetParam().redacted), GetParam().redacted);
}
INSTANTIATE_TEST_SUITE_P(
    Each, Redact,
    ::testing::Values(
        Redaction{"facts.json", "facts.json"}, Redaction{"", ""},
        Redaction{"a=b/token=1", "a=b/token=1"},
        Redaction{"https://prom.example/api", "https://prom.example/api"},
        Redaction{"https://user:secret@prom.example/api", "https://***@prom.example/api"},
        Redaction{"https://user@prom.example", "https://***@prom.example"},
        Redaction{"https://user:p@ss@prom.example/x@y", "https://***@prom.example/x@y"},
        Redaction{"https://h/p?a=user@host", "https://h/p?a=user@host"},
        Redaction{"https://h/api?token=abc&query=up", "https://h/api?token=***&query=up"},
        Redaction{"https://h/api?query=up&access_token=abc",
                  "https://h/api?query=up&access_token=***"},
        Redaction{"h/api?API_KEY=abc#x", "h/api?API_KEY=***#x"},
        Redaction{"h?X-Amz-Signature=abc", "h?X-Amz-Signature=***"},
        Redaction{"h?key=a&monkey=b&sig=c", "h?key=***&monkey=b&sig=***"},
        Redaction{"cannot read \"http://a:b@h/?token=x\": no",
                  "cannot read \"http://***@h/?token=***\": no"},
        Redaction{"http://a:b@h and http://c:d@i", "http://***@h and http://***@i"},
        Redaction{"?token=", "?token=***"}, Redaction{"?password=a;token=b", "?password=***"}));

TEST(Nearest, Names) {
  const std::vector<std::string> names = {"service",    "version", "tests.failed",
                                          "error_rate", "p95",     "p99"};
  EXPECT_EQ(nearest_name("servce", names), "service");
  EXPECT_EQ(nearest_name("Service", names), "service");
  EXPECT_EQ(nearest_name("sevrice", names), "service");
  EXPECT_EQ(nearest_name("error-rate", names), "error_rate");
  EXPECT_EQ(nearest_name("errorrate", names), "error_rate");
  EXPECT_EQ(nearest_name("tests.faild", names), "tests.failed");
  EXPECT_EQ(nearest_name("p9", names), "p95");
  EXPECT_EQ(nearest_name("latency", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", names), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(100000, 'a'), {std::string(100000, 'a')}), std::nullopt);
  EXPECT_EQ(did_you_mean("servce", names), "did you mean `service`?");
  EXPECT_EQ(did_you_mean("zzzz", names), "");
}

TEST(Words, Quotes) {
  EXPECT_EQ(in_quotes("a\"b\\c\n\t\x1b\x7f"), "\"a\\\"b\\\\c\\n\\t\\u001b\\u007f\"");
  EXPECT_EQ(in_quotes("é😀\xFF\xC2\x85"), "\"é😀\\xff\\u0085\"");
  EXPECT_EQ(in_quotes(std::string(1000, 'x')), "\"" + std::string(60, 'x') + "…\"");
  EXPECT_EQ(printable(std::string(1000, 'x')), std::string(1000, 'x'));
  EXPECT_EQ(printable("\x1b[31m\""), "\\u001b[31m\"");
}

TEST(Words, Utf8) {
  EXPECT_TRUE(is_utf8("aé€😀"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << in_quotes(bad);
  }
}

TEST(Words, Lists) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}, "and"), "a and b");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b or c");
  EXPECT_EQ(listed({"a", "b", "c"}, "or", 2), "a, b, …");
}

TEST(Errors, Text) {
  const InputError error = {"f.json", 3, "tests.failed", "a whole number", "\"x\"", "put a number"};
  EXPECT_EQ(error.to_text(),
            "f.json:3: tests.failed: expected a whole number, found \"x\"; put a number");
  EXPECT_EQ((InputError{"f", 0, "", "", "is empty", ""}).to_text(), "f: is empty");
  EXPECT_EQ((Note{"f\n", 2, "n"}).to_text(), "f\\n:2: n");
}

TEST(Errors, AreCountedPerInput) {
  InputErrors errors;
  errors.begin("http://u:p@h/a?token=b");
  EXPECT_FALSE(errors.failed());
  for (std::uint32_t i = 1; i <= 25; ++i) errors.add({"", i, "", "", "x", ""});
  EXPECT_TRUE(errors.failed());
  errors.begin("b");
  EXPECT_FALSE(errors.failed());
  errors.add({"", 1, "", "", "y", ""});
  const auto all = errors.take();
  ASSERT_EQ(all.size(), 22U);
  EXPECT_EQ(all[0].file, "http://***@h/a?token=***");
  EXPECT_EQ(all[20].found, "and 5 problems more");
  EXPECT_EQ(all[21].file, "b");
}

TEST(Sniff, Shapes) {
  EXPECT_EQ(sniff("  {\"a\": 1}"), Shape::json);
  EXPECT_EQ(sniff("\xEF\xBB\xBF[]"), Shape::json);
  EXPECT_EQ(sniff("a: 1"), Shape::text);
  EXPECT_EQ(sniff("\n <html>"), Shape::html);
  EXPECT_EQ(sniff("PK\x03\x04zzz"), Shape::zip);
  EXPECT_EQ(sniff(std::string("\0\0\xFE\xFF", 4)), Shape::utf16);
}

}  // namespace
}  // namespace dpol::inputs

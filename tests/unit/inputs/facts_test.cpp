#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string read_json() { return file_text(data_folder() / "formats/json_facts.json"); }

void expect_release(const Loading& loading) {
  EXPECT_EQ(loading.input("service"), "auth-service");
  EXPECT_EQ(loading.input("version"), "3.1.0");
  EXPECT_EQ(loading.input("environment"), "production");
  EXPECT_EQ(loading.input("tests.failed"), "0");
  EXPECT_EQ(loading.input("tests.coverage"), "0.845");
  EXPECT_EQ(loading.input("tests.report"), "absent");
  EXPECT_EQ(loading.input("frozen"), "missing");
  EXPECT_EQ(loading.input("pods"), "[auth-1 0 true absent absent, auth-2 2 false absent absent]");
  EXPECT_EQ(loading.input("limits"), "[eu 0.25, us 0.3]");
  EXPECT_EQ(loading.input("deployed_at"), "1739455200");
  EXPECT_EQ(loading.snapshot().deployed_at(), 1739455200'000'000'000);
  EXPECT_EQ(loading.unclaimed(), "");
}

TEST(Facts, OfJson) {
  Loading loading;
  ASSERT_EQ(loading.facts(read_json()).load(), "");
  expect_release(loading);
  const auto index = loading.input_index("tests.coverage", program::InputKind::fact);
  EXPECT_EQ(loading.snapshot().origins()[index], (vm::Origin{0, 5}));
  const auto table =
      loading.program().inputs[loading.input_index("pods", program::InputKind::fact)].type.index;
  EXPECT_EQ(loading.snapshot().row_origins(table)[1], (vm::Origin{0, 8}));
  EXPECT_EQ(loading.snapshot().documents()[0].name, "facts.json");
  EXPECT_EQ(loading.snapshot().documents()[0].digest.size(), 64U);
}

TEST(Facts, OfYamlAreTheSame) {
  Loading loading;
  ASSERT_EQ(
      loading.facts(file_text(data_folder() / "formats/yaml_facts.yaml"), "facts.yaml").load(), "");
  expect_release(loading);
}

TEST(Facts, DottedKeys) {
  Loading loading;
  ASSERT_EQ(loading.facts(R"({"tests.failed": 3, "tests": {"coverage": 0.5}})").load(), "");
  EXPECT_EQ(loading.input("tests.failed"), "3");
  EXPECT_EQ(loading.input("tests.coverage"), "0.5");
}

TEST(Facts, GivenTwiceInOneDocument) {
  Loading loading;
  EXPECT_EQ(loading.facts("{\"tests\": {\"failed\": 0},\n \"tests.failed\": 3}").load(),
            "facts.json:2: tests.failed: is given twice, in line 1 and here");
}

struct Case {
  const char* fact;
  const char* document;
  const char* value;  // or an error
};

class FactValues : public ::testing::TestWithParam<Case> {};
TEST_P(FactValues, AreReadByType) {
  Loading loading;
  ASSERT_EQ(loading.facts(GetParam().document).load(), "");
  EXPECT_EQ(loading.input(GetParam().fact), GetParam().value);
}

class BadFacts : public ::testing::TestWithParam<Case> {};
TEST_P(BadFacts, AreErrors) {
  Loading loading;
  EXPECT_THAT(loading.facts(GetParam().document).load(), HasSubstr(GetParam().value));
}

INSTANTIATE_TEST_SUITE_P(
    Each, FactValues,
    ::testing::Values(
        Case{"tests.failed", R"({"tests": {"failed": 3}})", "3"},
        Case{"tests.failed", R"({"tests": {"failed": 3.0}})", "3"},
        Case{"tests.failed", R"({"tests": {"failed": "12"}})", "12"},
        Case{"tests.failed", R"({"tests": {"failed": -9223372036854775808}})",
             "-9223372036854775808"},
        Case{"tests.failed", R"({"tests": {"failed": null}})", "missing"},
        Case{"tests.failed", R"({"tests": null})", "missing"},
        Case{"tests.report", R"({"tests": null})", "absent"},
        Case{"tests.report", R"({"tests": {"report": "a\u00e9\n"}})", "aé\n"},
        Case{"tests.coverage", R"({"tests": {"coverage": 0.845}})", "0.845"},
        Case{"tests.coverage", R"({"tests": {"coverage": "84.5 %"}})", "0.845"},
        Case{"tests.coverage", R"({"tests": {"coverage": 1}})", "1"},
        Case{"tests.coverage", R"({"tests": {"coverage": 84.5}})", "out_of_range"},
        Case{"tests.coverage", R"({"tests": {"coverage": "101%"}})", "out_of_range"},
        Case{"tests.coverage", R"({"tests": {"coverage": "NaN"}})", "not_a_number"},
        Case{"health", R"({"health": 10})", "10"},
        Case{"health", R"({"health": 10.01})", "out_of_range"},
        Case{"health", R"({"health": -1})", "out_of_range"},
        Case{"score", R"({"score": 0.1})", "0.1"}, Case{"score", R"({"score": 1e3})", "1000"},
        Case{"score", R"({"score": "-Inf"})", "not_a_number"},
        Case{"drift", R"({"drift": "1.5pp"})", "0.015"},
        Case{"drift", R"({"drift": 0.015})", "0.015"},
        Case{"growth", R"({"growth": "10%"})", "0.1"},
        Case{"timeout", R"({"timeout": "268ms"})", "0.268"},
        Case{"timeout", R"({"timeout": "1h30m"})", "5400"},
        Case{"timeout", R"({"timeout": 0.268})", "0.268"},
        Case{"timeout", R"({"timeout": "0.268"})", "0.268"},
        Case{"disk", R"({"disk": "2GiB"})", "2147483648"},
        Case{"load.rps", R"({"load": {"rps": "1200request/s"}})", "1200"},
        Case{"load.rps", R"({"load": {"rps": 1200}})", "1200"},
        Case{"load.rps", R"({"load": {"rps": "1200/s"}})", "1200"},
        Case{"deployed_at", R"({"deployed_at": "2025-02-13T15:00:00+01:00"})", "1739455200"},
        Case{"deployed_at", R"({"deployed_at": 1739455200.5})", "1739455200.5"},
        Case{"version", R"({"version": "v3.1.0-rc.1+b5"})", "3.1.0-rc.1+b5"},
        Case{"environment", R"({"environment": "staging"})", "staging"},
        Case{"frozen", R"({"frozen": false})", "false"},
        Case{"regions", R"({"regions": ["eu", "us", null]})", "[eu, us, absent]"},
        Case{"regions", R"({"regions": []})", "[]"},
        Case{"matrix", R"({"matrix": [["a", "b"], [], ["c"]]})", "[[a, b], [], [c]]"},
        Case{"limits", R"({"limits": {"a.b": "1s", "": 2}})", "[a.b 1,  2]"},
        Case{"pods",
             R"({"pods": [{"restarts": "4", "image": {"size": "1kB"}, "load": 0.5}, null]})",
             "[missing 4 absent 1000 0.5, missing absent absent absent absent]"},
        Case{"pods", R"({"pods": [{"name": "a", "load": 50}]})",
             "[a absent absent absent out_of_range]"}));

INSTANTIATE_TEST_SUITE_P(
    Each, BadFacts,
    ::testing::Values(
        Case{"", R"({"tests": {"failed": "none"}})",
             "facts.json:1: tests.failed: expected a whole number, found the string \"none\""},
        Case{"", R"({"tests": {"failed": 3.5}})", "expected a whole number, found the number 3.5"},
        Case{"", R"({"tests": {"failed": 9223372036854775808}})", "it does not fit 64 bits"},
        Case{"", R"({"tests": {"failed": true}})", "expected a whole number, found true"},
        Case{"", R"({"tests": {"failed": [1, 2]}})", "expected a whole number, found a list of 2"},
        Case{"", R"({"tests": {"failed": {"a": 1}}})", "found a map with \"a\""},
        Case{"", R"({"tests": 3})",
             "tests: expected a map with coverage, failed and report, found the number 3"},
        Case{"", R"({"score": 1e30})", "numbers are held up to"},
        Case{"", R"({"score": "1s"})", "score: expected a number, found the string \"1s\""},
        Case{"", R"({"score": "2x"})", "score: expected a number"},
        Case{"", R"({"tests": {"coverage": "5pp"}})", "percentage points are a difference"},
        Case{"", R"({"drift": "1%"})", "percentage points are written `pp`"},
        Case{"", R"({"timeout": "5"  , "disk": "5ms"})", "disk: expected a size"},
        Case{"", R"({"timeout": "2GiB"})",
             "timeout: expected a duration: seconds, or a text such as \"250ms\""},
        Case{"", R"({"timeout": "5 parsecs"})", "there is no unit \"parsecs\" here"},
        Case{"", R"({"load": {"rps": "1200ms"}})", "expected a number of request/s"},
        Case{"", R"({"deployed_at": 1739455200000})", "is it in milliseconds?"},
        Case{"", R"({"deployed_at": "2025-02-13T15:00:00"})", "expected a zone"},
        Case{"", R"({"deployed_at": "yesterday"})", "expected a time such as"},
        Case{"", R"({"version": "3.1"})", "expected a semantic version"},
        Case{"", R"({"version": 3})", "put it between double quotes"},
        Case{"", R"({"service": 17})",
             "expected a string, found the number 17; put it between double quotes"},
        Case{"", R"({"environment": "prodution"})",
             "expected dev, staging or production, found the string \"prodution\"; did you mean "
             "`production`?"},
        Case{"", R"({"environment": "Production"})", "did you mean `production`?"},
        Case{"", R"({"frozen": "false"})",
             "frozen: expected true or false, found the string \"false\""},
        Case{"", R"({"regions": "eu"})",
             "regions: expected list of string, found the string \"eu\""},
        Case{"", R"({"regions": ["eu", 3]})", "regions[1]: expected a string, found the number 3"},
        Case{"", R"({"limits": {"eu-1": "fast"}})", "limits[\"eu-1\"]: expected a duration"},
        Case{"", R"({"limits": []})", "limits: expected map of duration, found an empty list"},
        Case{"", R"({"pods": [{"name": "a"}, {"name": "b", "restarts": "x"}]})",
             "pods[1].restarts: expected a whole number, found the string \"x\""},
        Case{"", R"({"pods": [{"image": 3}]})", "pods[0].image: expected a map with size"},
        Case{"", R"({"pods": ["a"]})",
             "pods[0]: expected a map with image, load, name, ready and restarts"},
        Case{"", R"([1])", "facts.json:1: expected a map of facts, found a list of 1"},
        Case{"", R"("text")", "expected"},
        Case{"", R"({"time": "2025-02-13T14:05:00Z", "metrics": {}})",
             "give the document by --metrics"}));

TEST(Facts, ErrorsOfADocumentAreListedTogether) {
  Loading loading;
  std::string document = "{\"service\": 1,\n\"frozen\": 2,\n\"regions\": [";
  for (int i = 0; i < 40; ++i) document += std::string(i == 0 ? "" : ",\n") + std::to_string(i);
  const std::string errors =
      loading.facts(document + "]}").facts("{\"score\": false}", "b.json").load();
  EXPECT_THAT(errors, StartsWith("facts.json:1: service: expected a string, found the number 1"));
  EXPECT_THAT(errors, HasSubstr("\nfacts.json:2: frozen: expected true or false"));
  EXPECT_THAT(errors, HasSubstr("\nfacts.json: and 22 problems more\nb.json:1: score: "));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 21);
}

TEST(Facts, LaterDocumentsWinFactByFact) {
  Loading loading;
  ASSERT_EQ(loading.facts(R"({"service": "a", "score": 1, "tests": {"failed": 1, "report": "r"}})")
                .facts(R"({"service": "b", "tests": {"failed": null, "coverage": 0.5}})", "b.json")
                .facts("score: 3\n", "c.yaml")
                .load(),
            "");
  EXPECT_EQ(loading.input("service"), "b");
  EXPECT_EQ(loading.input("score"), "3");
  EXPECT_EQ(loading.input("tests.failed"), "missing");
  EXPECT_EQ(loading.input("tests.coverage"), "0.5");
  EXPECT_EQ(loading.input("tests.report"), "r");
  EXPECT_EQ(
      loading.snapshot().origins()[loading.input_index("score", program::InputKind::fact)].document,
      2U);
}

TEST(Facts, ThatNobodyDeclaresAreRemarkedUpon) {
  Loading loading;
  ASSERT_EQ(
      loading
          .facts("{\"servce\": \"x\",\n \"tests\": {\"faild\": 3},\n \"tsts\": {\"failed\": 1},\n"
                 " \"zebra\": 1,\n \"pods\": [{\"nme\": \"a\"}, {\"nme\": \"b\"}]}")
          .load(),
      "");
  EXPECT_EQ(loading.unclaimed(),
            "facts.json:1: no policy reads `servce`; did you mean `service`?\n"
            "facts.json:2: no policy reads `tests.faild`; did you mean `tests.failed`?\n"
            "facts.json:3: no policy reads `tsts`; did you mean `tests`?\n"
            "facts.json:4: no policy reads `zebra`\n"
            "facts.json:5: no policy reads `pods[0].nme`; did you mean `name`?");
}

TEST(Facts, ManyUnknownOnesAreCounted) {
  Loading loading;
  std::string document = "{";
  for (int i = 0; i < 1000; ++i) document += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\":1";
  ASSERT_EQ(loading.facts(document + "}").load(), "");
  EXPECT_EQ(loading.remarks().facts.size(), inputs::Remarks::kMost);
}

TEST(Facts, NotesSayWhyAValueIsUnknown) {
  Loading loading;
  ASSERT_EQ(loading.facts("{\"tests\": {\"coverage\": 84.5},\n\"health\": 11}").load(), "");
  EXPECT_EQ(loading.notes(),
            "facts.json:1: tests.coverage is 84.5, outside 0%..100%, and counts as unknown; a "
            "percentage is written \"84.5%\"\n"
            "facts.json:2: health is 11, above 10, and counts as unknown");
}

TEST(FactOptions, WinOverDocuments) {
  Loading loading;
  ASSERT_EQ(loading.facts(R"({"tests": {"failed": 1}, "service": "a"})")
                .fact("tests.failed=7")
                .fact("service=null")
                .fact("frozen=true")
                .fact("timeout=250ms")
                .fact("environment=dev")
                .fact("regions=[\"a\", \"b\"]")
                .fact("limits={\"eu\": \"1s\"}")
                .fact("version=1.2.3")
                .fact("deployed_at=2025-02-13T14:00:00Z")
                .fact("tests.coverage=null")
                .fact("tests.report=a=b")
                .load(),
            "");
  EXPECT_EQ(loading.input("tests.failed"), "7");
  EXPECT_EQ(loading.input("service"), "null");
  EXPECT_EQ(loading.input("frozen"), "true");
  EXPECT_EQ(loading.input("timeout"), "0.25");
  EXPECT_EQ(loading.input("environment"), "dev");
  EXPECT_EQ(loading.input("regions"), "[a, b]");
  EXPECT_EQ(loading.input("limits"), "[eu 1]");
  EXPECT_EQ(loading.input("version"), "1.2.3");
  EXPECT_EQ(loading.input("deployed_at"), "1739455200");
  EXPECT_EQ(loading.input("tests.coverage"), "missing");
  EXPECT_EQ(loading.input("tests.report"), "a=b");
  EXPECT_EQ(loading.snapshot().documents()[1].name, "--fact tests.failed");
  EXPECT_EQ(loading.snapshot().documents()[1].digest, "");
}

TEST(FactOptions, Errors) {
  Loading loading;
  EXPECT_EQ(loading.fact("tests.failed=none")
                .fact("tests=1")
                .fact("frozen=yes")
                .fact("service")
                .fact("regions=eu")
                .fact("service=\xff")
                .load(),
            "--fact: tests.failed: expected a whole number, found the string \"none\"\n"
            "--fact: tests: is a group of facts; give one of coverage, failed and report\n"
            "--fact: frozen: expected true or false, found the string \"yes\"\n"
            "--fact: expected `name=value`, found \"service\"\n"
            "--fact: regions: expected list of string as JSON, found \"eu\"\n"
            "--fact: expected UTF-8, found \"service=\\xff\"");
  Loading misspelt;
  EXPECT_EQ(misspelt.fact("servce=x").load(), "");
  EXPECT_EQ(misspelt.unclaimed(), "--fact: no policy reads `servce`; did you mean `service`?");
}

TEST(SetOptions, GiveParameters) {
  Loading loading;
  ASSERT_EQ(loading.set("checkout.max_error_rate=0.3%").set("grace=2m").load(), "");
  const auto parameter = program::InputKind::parameter;
  EXPECT_EQ(loading.input("checkout.max_error_rate", parameter), "0.003");
  EXPECT_EQ(loading.input("auth.max_error_rate", parameter), "0.005");
  EXPECT_EQ(loading.input("auth.grace", parameter), "120");
}

TEST(SetOptions, Errors) {
  Loading loading;
  EXPECT_EQ(
      loading.set("auth.max_error_rate=2%")
          .set("auth.max_error_rate=-1%")
          .set("max_error_rate=0")
          .set("max_eror_rate=0")
          .set("grace=NaN")
          .set("grace=1GiB")
          .load(),
      "--set: auth.max_error_rate: expected at most 1%, found 2%\n"
      "--set: auth.max_error_rate: expected at least 0%, found -1%\n"
      "--set: max_error_rate: several policies have this parameter; give "
      "checkout.max_error_rate or auth.max_error_rate\n"
      "--set: max_eror_rate: no policy has this parameter; did you mean `max_error_rate`?\n"
      "--set: grace: expected a duration: seconds, or a text such as \"250ms\", found \"NaN\"\n"
      "--set: grace: expected a duration: seconds, or a text such as \"250ms\", found the string "
      "\"1GiB\"");
}

TEST(FactDocuments, OfTheWrongKind) {
  const auto error = [](std::string bytes, std::string name = "facts.json") {
    Loading loading;
    return loading.facts(std::move(bytes), std::move(name)).load();
  };
  EXPECT_THAT(error(""), HasSubstr("facts.json: expected facts as JSON, one object; or facts as "
                                   "YAML, one mapping, found nothing: it is empty"));
  EXPECT_THAT(error(" \n\n"), HasSubstr("found nothing: it is empty"));
  EXPECT_THAT(error("<!DOCTYPE html>\n<html>"),
              HasSubstr("found HTML or XML: \"<!DOCTYPE html>\"; is this the error or login page"));
  EXPECT_THAT(error(std::string("\xFF\xFE{\0", 4)),
              HasSubstr("found UTF-16 or UTF-32 text; convert it to UTF-8"));
  EXPECT_THAT(error(std::string("{\0\"\0", 4)), HasSubstr("found UTF-16"));
  EXPECT_THAT(error("\x1F\x8B\x08"), HasSubstr("found gzip-compressed data; unpack it first"));
  EXPECT_THAT(error(std::string("abc\0def", 7)), HasSubstr("found binary data"));
  EXPECT_EQ(error("{\"a\": 1,\n\"b\": "),
            "facts.json:2: is not JSON: unexpected end of input; expected '[', '{', or a literal");
  EXPECT_THAT(error("hello", "facts.json"),
              HasSubstr("facts.json:1: is not JSON: invalid literal"));
  EXPECT_EQ(error("hello", "facts.yaml"),
            "facts.yaml:1: expected a map of facts, found the string \"hello\"");
  EXPECT_EQ(error("a: 1\n---\nb: 2\n", "f.yaml"),
            "f.yaml:2: a second document begins here; one is expected");
  EXPECT_EQ(error("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}"),
            "facts.json:3: the key \"a\" stands twice: lines 1 and 3");
  // YAML's flow style under its own name.
  EXPECT_EQ(error("{service: x}", "facts.yaml"), "");
}

}  // namespace
}  // namespace dpol::test

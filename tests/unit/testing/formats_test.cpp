// The forms of the report of a run.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/testing/suite.h"

namespace dpol::test {
namespace {

using dpol::testing::Format;
using dpol::testing::TestRun;
using ::testing::HasSubstr;

TestRun run_of(const std::string& title) {
  const Suite suite(
      "facts { ok bool } policy p { item a require ok } test \"" + title +
      "\" { facts { ok = false } expect go } test \"fine\" { facts { ok = true } expect go }");
  TestRun run;
  run.results = {suite.run(0), suite.run(1)};
  run.coverage = {suite.coverage()};
  return run;
}

TEST(Formats, EachHasANameAndADoc) {
  EXPECT_EQ(dpol::testing::formats().size(), 4U);
  for (const auto& info : dpol::testing::formats()) {
    EXPECT_FALSE(info.doc.empty());
    EXPECT_EQ(dpol::testing::find_format(info.name), &info);
    EXPECT_TRUE(render(info.format, run_of("t")).ends_with("\n"));
  }
  EXPECT_EQ(dpol::testing::find_format("prety"), nullptr);
}

TEST(Junit, EscapesWhateverATitleHolds) {
  const std::string xml = render(Format::junit, run_of("<a> & 'b' \\\"c\\\""));
  EXPECT_THAT(xml, HasSubstr("name=\"&lt;a&gt; &amp; 'b' &quot;c&quot;\""));
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"dpol\" tests=\"2\" failures=\"1\" errors=\"0\">"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"expect go, but it is no-go\""));
}

TEST(Tap, EscapesDirectives) {
  const std::string tap = render(Format::tap, run_of("a # TODO b"));
  EXPECT_THAT(tap, HasSubstr("1..2\nnot ok 1 - p: a \\# TODO b\n"));
  EXPECT_THAT(tap, HasSubstr("    - expected: \"expect go\"\n      got: \"it is no-go\"\n"));
  EXPECT_THAT(tap, HasSubstr("ok 2 - p: fine\n"));
}

TEST(Json, HoldsFailuresAndCoverage) {
  const auto json = nlohmann::json::parse(render(Format::json, run_of("t")));
  EXPECT_EQ(json["schema"], "dpol.tests/1");
  EXPECT_EQ(json["failed"], 1);
  const auto& failure = json["results"][0]["failures"][0];
  EXPECT_EQ(failure["decision"], "no-go");
  EXPECT_EQ(failure["rules"][0]["id"], "p.a");
  EXPECT_EQ(json["coverage"][0]["uncovered"][0]["never"], "unknown");
}

TEST(Pretty, KeepsToItsWidth) {
  reports::Options narrow;
  narrow.width = 60;
  const std::string text =
      render(Format::pretty, run_of("a title that is longer than most titles are, by far"), narrow);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 60U + 6) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace dpol::test

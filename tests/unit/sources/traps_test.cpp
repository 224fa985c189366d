// What documents of real tools have in them that a reader could take for something better than it
// is, and documents that were made to do harm.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/test_cases.h"
#include "sources/times.h"
#include "tests/unit/sources/support.h"

namespace dpol::sources {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// ---- tests ----

TEST(JUnit, NoTestsAreNoPass) {
  EXPECT_THAT(read_text("junit", "<testsuites/>"),
              AllOf(HasSubstr("total 0\n"), HasSubstr("pass_ratio null\n")));
}

TEST(JUnit, AnErrorIsAFailure) {
  const std::string facts =
      read_text("junit", "<testsuite><testcase name='a'><error/></testcase></testsuite>");
  EXPECT_THAT(facts,
              AllOf(HasSubstr("failed 1\n"), HasSubstr("errored 1\n"), HasSubstr("passed 0\n")));
}

TEST(JUnit, SeveralFailuresOfACaseAreOne) {
  const std::string facts = read_text(
      "junit",
      "<testsuite failures='1'><testcase name='a'><failure/><failure/></testcase></testsuite>");
  EXPECT_THAT(facts, HasSubstr("failed 1\n"));
}

TEST(JUnit, CountsOfNestedSuitesAreNotAddedUp) {
  const std::string facts = read_text(
      "junit",
      "<testsuites tests='2' failures='1'><testsuite tests='2' failures='1'><testsuite tests='2' "
      "failures='1'><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>"
      "</testsuite></testsuites>");
  EXPECT_THAT(facts, AllOf(HasSubstr("total 2\n"), HasSubstr("failed 1\n")));
}

TEST(JUnit, ASuiteThatFailsAsAWholeFails) {
  const std::string facts =
      read_text("junit", "<testsuite tests='1' errors='1'><testcase name='a'/></testsuite>");
  EXPECT_THAT(facts, HasSubstr("failed 1\n"));
}

TEST(JUnit, ATestThatWasNotRunIsSkipped) {
  for (const char* const attribute :
       {"status='notrun'", "status='disabled'", "result='suppressed'"}) {
    const std::string facts = read_text(
        "junit", std::string("<testsuite><testcase name='a' ") + attribute + "/></testsuite>");
    EXPECT_THAT(facts, AllOf(HasSubstr("skipped 1\n"), HasSubstr("passed 0\n"))) << attribute;
  }
}

TEST(JUnit, OneReportIsNotCountedTwice) {
  const std::string report =
      "<testsuite name='s'><testcase name='a'/><testcase name='a'/><testcase "
      "name='b'><failure/></testcase></testsuite>";
  EXPECT_EQ(read_files("junit", {{"x", report}}).substr(0, 40),
            read_files("junit", {{"x", report}, {"y", report}}).substr(0, 40));
}

TEST(JUnit, OfSeveralReportsTheGravestOutcomeCounts) {
  const std::string good = "<testsuite name='s'><testcase name='a'/></testsuite>";
  const std::string bad =
      "<testsuite name='s'><testcase name='a'><failure/></testcase></testsuite>";
  for (const auto& files : {std::vector<inputs::InputFile>{{"x", good}, {"y", bad}},
                            std::vector<inputs::InputFile>{{"x", bad}, {"y", good}}})
    EXPECT_THAT(read_files("junit", files), AllOf(HasSubstr("total 1\n"), HasSubstr("failed 1\n")));
}

TEST(JUnit, TimesWithThousandsAreRead) {
  EXPECT_THAT(read_text("junit", "<testsuite><testcase name='a' time='1,234.5'/></testsuite>"),
              HasSubstr("duration 1234.5\n"));
}

TEST(Tap, APlanThatIsNotKeptFails) {
  EXPECT_THAT(read_text("tap", "1..3\nok 1 - a\nok 2 - b\n"),
              AllOf(HasSubstr("failed 1\n"), HasSubstr("total 3\n")));
}

TEST(Tap, WithoutAPlanTheRunWasBrokenOff) {
  EXPECT_THAT(read_text("tap", "ok 1\nok 2\n"), HasSubstr("expected a plan"));
}

TEST(Tap, BailingOutFails) {
  EXPECT_THAT(read_text("tap", "1..1\nok 1\nBail out! no database\n"), HasSubstr("failed 1\n"));
}

TEST(Tap, TodoIsNoFailureAndSkipNoPass) {
  const std::string facts =
      read_text("tap", "1..3\nnot ok 1 - a # TODO later\nok 2 - b # skip no network\nok 3 - c\n");
  EXPECT_THAT(facts,
              AllOf(HasSubstr("failed 0\n"), HasSubstr("skipped 2\n"), HasSubstr("passed 1\n")));
}

TEST(Tap, SubtestsAreCountedAndWhatRepeatsThemIsNot) {
  const std::string facts = read_text(
      "tap", "TAP version 14\n1..1\n    1..2\n    ok 1 - a\n    not ok 2 - b\nnot ok 1 - both\n");
  EXPECT_THAT(facts, AllOf(HasSubstr("total 2\n"), HasSubstr("failed 1\n")));
}

TEST(Tap, AParentThatFailsAloneFails) {
  EXPECT_THAT(read_text("tap", "1..1\n    1..1\n    ok 1 - a\nnot ok 1 - clean-up\n"),
              HasSubstr("failed 1\n"));
}

TEST(GoTest, ATestWithoutAnEndFails) {
  const std::string facts = read_text("gotest",
                                      "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestA\"}\n"
                                      "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":0.1}\n");
  EXPECT_THAT(facts, AllOf(HasSubstr("failed 1\n"), HasSubstr("errored 1\n")));
}

TEST(GoTest, APackageThatFailsWithoutATestFails) {
  const std::string facts = read_text("gotest",
                                      "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestA\"}\n"
                                      "{\"Action\":\"fail\",\"Package\":\"p\"}\n");
  EXPECT_THAT(facts, AllOf(HasSubstr("passed 1\n"), HasSubstr("failed 1\n")));
}

// ---- coverage ----

TEST(Coverage, NothingToCoverIsNotKnown) {
  EXPECT_THAT(
      read_text("cobertura",
                "<coverage line-rate='0' lines-valid='0' lines-covered='0'><packages/></coverage>"),
      HasSubstr("lines null\n"));
  EXPECT_THAT(read_text("lcov", "SF:a.c\nend_of_record\n"), HasSubstr("lines null\n"));
}

TEST(Coverage, AFileThatStandsThereTwiceCountsOnce) {
  EXPECT_THAT(
      read_text("lcov",
                "SF:a\nDA:1,0\nDA:2,1\nend_of_record\nSF:a\nDA:1,5\nDA:2,0\nend_of_record\n"),
      AllOf(HasSubstr("lines 1\n"), HasSubstr("lines_valid 2\n")));
}

TEST(Coverage, ABranchThatNeverRanIsNotTaken) {
  EXPECT_THAT(
      read_text("lcov",
                "SF:a\nDA:1,2874063630999999999999\nBRDA:1,0,0,-\nBRDA:1,0,1,4\nend_of_record\n"),
      AllOf(HasSubstr("branches 0.5\n"), HasSubstr("lines 1\n")));
}

TEST(Coverage, ABrokenOffTracefileIsRefused) {
  EXPECT_THAT(read_text("lcov", "SF:a\nDA:1,1\n"), HasSubstr("end_of_record"));
}

TEST(Coverage, OfGoABlockRunsIfItDoesInOnePackage) {
  EXPECT_THAT(
      read_text("gocover", "mode: set\na.go:1.1,2.2 3 0\na.go:1.1,2.2 3 1\na.go:3.1,4.2 1 0\n"),
      AllOf(HasSubstr("lines 0.75\n"), HasSubstr("lines_valid 4\n")));
}

TEST(Coverage, JacocoCountersOfTheRootAlone) {
  const std::string facts = read_text(
      "jacoco",
      "<report name='x'><package name='p'><counter type='LINE' missed='9' covered='1'/></package>"
      "<counter type='LINE' missed='1' covered='3'/></report>");
  EXPECT_THAT(facts, AllOf(HasSubstr("lines 0.75\n"), HasSubstr("branches null\n")));
}

// ---- scanners ----

TEST(Trivy, NullIsNoReport) {
  EXPECT_THAT(read_text("trivy", "null"), HasSubstr("expected a report of Trivy"));
}

TEST(Trivy, ResultsWithoutVulnerabilitiesHaveNone) {
  EXPECT_THAT(
      read_text("trivy",
                R"({"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Target": "t"}]})"),
      StartsWith("critical 0\n"));
}

TEST(Trivy, OneVulnerabilityOfAPackageCountsOnce) {
  const std::string one =
      R"({"VulnerabilityID": "CVE-1", "PkgName": "p", "InstalledVersion": "1", "Severity": "CRITICAL"})";
  EXPECT_THAT(read_text("trivy", R"({"SchemaVersion": 2, "Results": [{"Vulnerabilities": [)" + one +
                                     "," + one + R"(]}, {"Vulnerabilities": [)" + one + "]}]}"),
              StartsWith("critical 1\n"));
}

TEST(Grype, AReportOfAnotherToolIsNamed) {
  const std::string trivy = R"({"SchemaVersion": 2, "ArtifactName": "a", "Results": []})";
  EXPECT_THAT(read_text("grype", trivy),
              AllOf(HasSubstr("expected a report of Grype"), HasSubstr("format `trivy`")));
}

constexpr const char* kRun =
    R"({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [
  {"id": "R1", "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": "9.1"}}]}}, "results": [)";

TEST(Sarif, TheLevelIsTheRulesWhereAResultHasNone) {
  EXPECT_THAT(read_text("sarif", std::string(kRun) + R"({"ruleId": "R1"}, {"ruleId": "R2"}]}]})"),
              AllOf(HasSubstr("errors 1\n"), HasSubstr("warnings 1\n"), HasSubstr("critical 1\n")));
}

TEST(Sarif, WhatIsSuppressedDoesNotCountAndWhatWasTurnedDownDoes) {
  EXPECT_THAT(read_text("sarif", std::string(kRun) +
                                     R"({"ruleId": "R1", "suppressions": [{"kind": "inSource"}]},
                {"ruleId": "R1", "suppressions": [{"kind": "external", "status": "rejected"}]},
                {"ruleId": "R1", "suppressions": []}]}]})"),
              AllOf(HasSubstr("errors 2\n"), HasSubstr("suppressed 1\n")));
}

TEST(Sarif, ARunWithoutResultsDidNotFinish) {
  EXPECT_THAT(
      read_text(
          "sarif",
          R"({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": null}]})"),
      HasSubstr("completed false\n"));
  EXPECT_THAT(read_text("sarif", R"({"version": "2.1.0", "runs": []})"),
              HasSubstr("completed null\n"));
}

TEST(Sarif, ResultsThatAreNoFindingsAreNone) {
  EXPECT_THAT(
      read_text(
          "sarif",
          std::string(kRun) +
              R"({"ruleId": "R1", "kind": "pass"}, {"ruleId": "R1", "kind": "notApplicable"}]}]})"),
      HasSubstr("errors 0\n"));
}

TEST(Semgrep, AScanWithErrorsDidNotFinish) {
  EXPECT_THAT(read_text("semgrep", R"({"results": [], "errors": [{"message": "x"}]})"),
              HasSubstr("completed false\n"));
}

TEST(Snyk, AProjectThatCouldNotBeLookedAtIsNotClean) {
  EXPECT_THAT(read_text("snyk", R"({"ok": false, "error": "no manifest", "path": "."})"),
              HasSubstr("found \"no manifest\""));
  EXPECT_THAT(
      read_text("snyk", R"([{"ok": true, "vulnerabilities": []}, {"ok": false, "error": "x"}])"),
      HasSubstr("expected a project"));
}

TEST(Snyk, PathsToOneVulnerabilityAreOne) {
  const std::string one =
      R"({"id": "S-1", "packageName": "p", "version": "1", "severity": "high"})";
  EXPECT_THAT(read_text("snyk", R"({"ok": false, "vulnerabilities": [)" + one + "," + one + "]}"),
              HasSubstr("high 1\n"));
}

TEST(Cyclonedx, ComponentsWithinComponentsCount) {
  EXPECT_THAT(
      read_text(
          "cyclonedx",
          R"({"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{"components": [{}], "licenses": [{}]}]})"),
      StartsWith("components 2\nunlicensed 1\n"));
}

// ---- load tests, plans, clusters ----

constexpr const char* kSummary =
    R"({"metrics": {"iterations": {"count": 5, "rate": 1}, "data_received": {}, "http_reqs": {"count": 5},
  "http_req_failed": {"value": 0.2, "passes": 1, "fails": 4}, "http_req_duration": {"avg": 7, "thresholds": {"p(95)<5": true}}}})";

TEST(K6, OfTheOlderSummaryAThresholdThatIsTrueHasFailed) {
  EXPECT_THAT(read_text("k6", kSummary),
              AllOf(HasSubstr("failed_thresholds 1\n"), HasSubstr("error_ratio 0.2\n"),
                    HasSubstr("latency_avg \"7ms\"")));
}

TEST(K6, APercentileThatNobodyAskedForIsNotKnown) {
  EXPECT_THAT(read_text("k6", kSummary), HasSubstr("latency_p99 null\n"));
}

TEST(K6, SeveralRunsHaveNoCommonPercentiles) {
  EXPECT_THAT(read_files("k6", {{"x", kSummary}, {"y", kSummary}}),
              HasSubstr("expected one summary"));
}

std::string plan(const std::string& actions) {
  return R"({"format_version": "1.2", "terraform_version": "1.9", "resource_changes": [{"address": "a.b", "type": "a", "change": {"actions": )" +
         actions + "}}]}";
}

TEST(Terraform, AReplacementIsOneInEitherOrder) {
  for (const char* const actions : {R"(["delete", "create"])", R"(["create", "delete"])"})
    EXPECT_THAT(read_text("terraform", plan(actions)),
                AllOf(HasSubstr("replace 1\n"), HasSubstr("destroy 0\n")))
        << actions;
  EXPECT_THAT(read_text("terraform", plan(R"(["delete"])")), HasSubstr("destroy 1\n"));
  EXPECT_THAT(read_text("terraform", plan(R"(["no-op"])")), Not(HasSubstr("changes line")));
}

TEST(Terraform, APlanThatFailedIsNone) {
  EXPECT_THAT(
      read_text(
          "terraform",
          R"({"format_version": "1.2", "terraform_version": "1.9", "planned_values": {}, "errored": true})"),
      HasSubstr("could not be made"));
}

TEST(Kubernetes, ANumberThatIsAbsentIsZero) {
  const std::string facts =
      read_text("kubernetes",
                R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"generation": 2},
    "spec": {"replicas": 3}, "status": {"observedGeneration": 2, "updatedReplicas": 1}})");
  EXPECT_THAT(facts,
              AllOf(HasSubstr("desired 3\nupdated 1\nready 0\navailable 0\ncurrent true\n")));
}

TEST(Kubernetes, TheStatusOfAnOlderGenerationIsNotCurrent) {
  EXPECT_THAT(
      read_text("kubernetes",
                R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"generation": 3},
    "spec": {}, "status": {"observedGeneration": 2, "availableReplicas": 1}})"),
      HasSubstr("current false\n"));
}

TEST(Kubernetes, NoObjectsAreNotZeroOfZero) {
  EXPECT_THAT(read_text("kubernetes", R"({"apiVersion": "v1", "kind": "List", "items": []})"),
              AllOf(HasSubstr("desired null\n"), HasSubstr("restarts null\n")));
}

TEST(Kubernetes, AContainerThatWasKilledBeforeItsRestartWasKilled) {
  EXPECT_THAT(
      read_text(
          "kubernetes",
          R"({"apiVersion": "v1", "kind": "PodList", "items": [{"status": {"phase": "Running", "containerStatuses":
    [{"restartCount": 2, "state": {"running": {}}, "lastState": {"terminated": {"reason": "OOMKilled"}}}]}}]})"),
      AllOf(HasSubstr("oom_killed 1\n"), HasSubstr("restarts 2\n")));
}

// ---- any document ----

TEST(Json, FactsStandWhereTheirPointersSay) {
  const std::vector<FieldPlace> fields = {{"a", "/x~1y/0/~0", ""},
                                          {"b", "/n", "ms"},
                                          {"c", "/nowhere/at/all", ""},
                                          {"d", "/s", "%"},
                                          {"e", "", ""}};
  EXPECT_EQ(read_text("json", R"({"x/y": [{"~": true}], "n": 2.50, "s": "7"})",
                      {fields.begin(), fields.begin() + 4}),
            "a true\nb \"2.50ms\"\nc null\nd \"7%\"\n");
  EXPECT_THAT(read_text("json", "[1]", {{"e", "", ""}}), HasSubstr("1"));
}

TEST(Yaml, FactsStandWhereTheirPointersSay) {
  EXPECT_EQ(read_text("yaml", "spec:\n  replicas: 3\n  on: yes\n",
                      {{"n", "/spec/replicas", ""}, {"w", "/spec/on", ""}}),
            "n 3\nw \"yes\"\n");
}

// ---- times ----

TEST(Moments, OfManySpellingsAreOne) {
  for (const char* const text :
       {"2016-08-12T15:23:28Z", "2016-08-12 15:23:28 UTC", "2016-08-12T17:23:28+0200",
        "2016-08-12T17:23:28+02:00", "1471015408", "1471015408000", "1471015408.0",
        "2016-08-12 15:23:28Z"}) {
    ASSERT_TRUE(moment(text)) << text;
  }
  EXPECT_EQ(moment("2016-08-12T17:23:28+0200"), "2016-08-12T17:23:28+02:00");
  EXPECT_EQ(moment("1471015408123"), "1471015408.123");
  EXPECT_EQ(moment("2016-08-12T15:23:28.123456789123Z"), "2016-08-12T15:23:28.123456789Z");
}

TEST(Moments, WithoutAZoneAreNone) {
  EXPECT_EQ(moment("2016-08-12T15:23:28"), std::nullopt);
  EXPECT_EQ(moment("2016-08-12T15:23:28", true), "2016-08-12T15:23:28Z");
  for (const char* const text :
       {"", "May 01 10:01 CEST", "12", "2016-08-12", "2016-08-12T15:23", "yesterday",
        "2016-08-12T15:23:28X", "2016-08-12T15:23:61Z", "2016-06-31T15:23:01Z"})
    EXPECT_EQ(moment(text, true), std::nullopt) << text;
}

// ---- lines ----

TEST(Lines, EndAsTheirWritersEndThem) {
  std::string found;
  const Opened file({"x", "\xEF\xBB\xBFone\r\ntwo\n\nfour"});
  for (const TextLine& line : file.lines())
    found += std::to_string(line.number) + "=" + std::string(line.text) + ";";
  EXPECT_EQ(found, "1=one;2=two;3=;4=four;");
  const Opened empty({"x", ""});
  for (const TextLine& line : empty.lines()) ADD_FAILURE() << line.number;
}

// ---- harm ----

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Hostile, DeepNestingIsRefused) {
  constexpr std::size_t kDeep = 100'000;
  EXPECT_THAT(read_text("junit", repeated("<testsuite>", kDeep) + repeated("</testsuite>", kDeep)),
              HasSubstr("nested deeper"));
  EXPECT_THAT(read_text("sarif", repeated("[", kDeep) + repeated("]", kDeep)),
              HasSubstr("nested deeper"));
  EXPECT_THAT(read_text("yaml", repeated("[", kDeep), {{"a", "/a", ""}}), Not(HasSubstr("a null")));
}

TEST(Hostile, MoreThanCanBeReadIsRefused) {
  TestCases cases;
  for (std::size_t i = 0; i < TestCases::kMost; ++i) cases.add({}, {}, {});
  EXPECT_FALSE(cases.is_full());
  cases.add({}, {}, {});
  EXPECT_TRUE(cases.is_full());
}

TEST(Hostile, EntitiesAreNotExpanded) {
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>"
      "<testsuite><testcase name='&c;'/></testsuite>";
  EXPECT_THAT(read_text("junit", bomb), HasSubstr("name \"&c;\""));
  const std::string file =
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><testsuite><testcase "
      "name='&a;'/></testsuite>";
  EXPECT_THAT(read_text("junit", file), AllOf(HasSubstr("&a;"), Not(HasSubstr("root"))));
}

TEST(Hostile, WhatIsNoDocumentIsRefusedByEveryFormat) {
  const std::string nul("{\"runs\": [\0]}", 13);
  for (const FormatInfo& format : formats()) {
    for (const std::string& text :
         {std::string(), std::string("\x1F\x8B junk"), std::string("PK\x03\x04"), nul,
          std::string("\xFF\xFE<\0t\0", 6), std::string("<html><body>Sign in</body></html>")}) {
      const std::string found = read_text(format.name, text, {{"a", "/a", ""}});
      EXPECT_THAT(found, StartsWith("x: ")) << format.name << "\n" << found;
    }
  }
}

TEST(Hostile, NamesOfTestsMayHoldAnything) {
  const std::string facts = read_text(
      "junit", "<testsuite><testcase name='=cmd|&apos;/c calc&apos;!A0 &#27;[31m'/></testsuite>");
  EXPECT_THAT(facts, AllOf(HasSubstr("total 1\n"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace dpol::sources

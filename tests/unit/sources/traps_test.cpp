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

// Lines count on: line 4 of both is line 2 of the second.
TEST(JUnit, ATestKeepsItsLineWhereSeveralDocumentsAreRead) {
  EXPECT_THAT(read_files("junit", {{"x", "<testsuite>\n<testcase name='a'/></testsuite>"},
                                   {"y", "<testsuite>\n<testcase name='b'/></testsuite>\n"}}),
              AllOf(HasSubstr("cases line 2 "), HasSubstr("cases line 4 ")));
}

TEST(Documents, ErrorsNameTheLineOfTheirOwnDocument) {
  const std::string good = "mode: set\na.go:1.1,2.2 3 0\n";
  EXPECT_THAT(read_files("gocover", {{"x", good}, {"y", good + "odd\n"}}), StartsWith("y:3"));
  EXPECT_THAT(read_files("json", {{"x", "{\n}\n"}, {"y", "{\n,"}}, {{"a", "/a", ""}}),
              StartsWith("y:2"));
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

// As old as its oldest part, and of no age where one part does not say.
TEST(Sarif, IsAsOldAsTheScanThatEndedFirst) {
  const auto runs = [](const std::string& first, const std::string& second) {
    const auto run = [](const std::string& invocations) {
      return R"({"tool": {"driver": {"name": "t"}}, "results": [], "invocations": [)" + invocations + "]}";
    };
    return read_text("sarif", R"({"version": "2.1.0", "runs": [)" + run(first) + "," + run(second) + "]}");
  };
  const std::string late = R"({"executionSuccessful": true, "startTimeUtc": "2026-05-01T08:00:00Z", "endTimeUtc": "2026-05-01T09:00:00Z"})";
  const std::string early = R"({"executionSuccessful": true, "startTimeUtc": "2026-05-01T07:30:00"})";
  EXPECT_THAT(runs(late, early), HasSubstr("made_at \"2026-05-01T07:30:00Z\""));
  EXPECT_THAT(runs(late, late), HasSubstr("made_at \"2026-05-01T09:00:00Z\""));
  EXPECT_THAT(runs(late, R"({"executionSuccessful": true})"), Not(HasSubstr("made_at")));
  EXPECT_THAT(runs(late, ""), Not(HasSubstr("made_at")));
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

TEST(Terraform, APlanIsAsOldAsItSays) {
  const auto plan = [](const std::string& more) {
    return read_text("terraform", R"({"format_version": "1.2", "terraform_version": "1.5.0", "resource_changes": [])" + more + "}");
  };
  EXPECT_THAT(plan(R"(, "timestamp": "2026-05-01T08:00:00Z")"), HasSubstr("made_at \"2026-05-01T08:00:00Z\""));
  EXPECT_THAT(plan(""), Not(HasSubstr("made_at")));
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

TEST(Kubernetes, ConditionsOfAnAutoscalerStandInAnAnnotationOrAreUnknown) {
  EXPECT_THAT(
      read_text(
          "kubernetes",
          R"({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web",
    "annotations": {"autoscaling.alpha.kubernetes.io/conditions":
      "[{\"type\": \"AbleToScale\", \"status\": \"False\"}, {\"type\": \"ScalingActive\", \"status\": \"Unknown\"}]"}},
    "spec": {"maxReplicas": 3}})"),
      AllOf(HasSubstr("min 1, max 3, current 0, desired 0"),
            HasSubstr("able_to_scale false, scaling_active null, scaling_limited null")));
  // Broken text there says nothing.
  EXPECT_THAT(
      read_text("kubernetes",
                R"({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata":
    {"annotations": {"autoscaling.alpha.kubernetes.io/conditions": "[{\"type\": \"Able"}}, "spec": {}})"),
      AllOf(HasSubstr("able_to_scale null"), HasSubstr("max null")));
}

TEST(Kubernetes, AnEventWithoutACountHappenedOnceAndASeriesSaysHowOften) {
  EXPECT_THAT(
      read_text("kubernetes", R"({"apiVersion": "events.k8s.io/v1", "kind": "EventList", "items": [
    {"metadata": {"name": "a"}, "type": "Warning", "reason": "FailedScheduling", "note": "no node",
     "regarding": {"kind": "Pod", "name": "web-1"}, "eventTime": "2026-05-04T10:00:00.000001Z",
     "series": {"count": 7, "lastObservedTime": "2026-05-04T10:05:00.000001Z"}},
    {"metadata": {"name": "b"}, "type": "Warning", "deprecatedCount": 0, "eventTime": "2026-05-04T10:00:00Z"},
    {"metadata": {"name": "c"}, "type": "Normal", "deprecatedCount": 40}]})"),
      AllOf(HasSubstr("warnings 8\n"),
            HasSubstr(
                R"(object "Pod/web-1", message "no node", count 7, last_seen "2026-05-04T10:05)")));
}

TEST(Kubernetes, AnEventOfTwoDocumentsIsOne) {
  const std::string older =
      R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "a"}, "type": "Warning", "count": 3})";
  const std::string newer =
      R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "a"}, "type": "Warning", "count": 5})";
  EXPECT_THAT(read_files("kubernetes", {{"x", older}, {"y", newer}}), HasSubstr("warnings 5\n"));
}

TEST(Kubernetes, NoWarningsAreKnownWhereEventsWereAskedForAlone) {
  EXPECT_THAT(read_text("kubernetes", R"({"apiVersion": "v1", "kind": "PodList", "items": []})"),
              HasSubstr("warnings null\n"));
  EXPECT_THAT(read_text("kubernetes", R"({"apiVersion": "v1", "kind": "EventList", "items": []})"),
              HasSubstr("warnings 0\n"));
}

TEST(Kubernetes, ARecordOfAnAuditIsNoEvent) {
  EXPECT_THAT(
      read_text(
          "kubernetes",
          R"({"apiVersion": "audit.k8s.io/v1", "kind": "EventList", "items": [{"kind": "Event"}]})"),
      HasSubstr("expected objects of Kubernetes"));
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

// ---- other runners of tests ----

TEST(NUnit, WhatIsInconclusiveDidNotPass) {
  EXPECT_THAT(read_text("nunit",
                        "<test-run result='Passed'><test-suite><test-case name='a' "
                        "result='Inconclusive'/></test-suite></test-run>"),
              AllOf(HasSubstr("passed 0\n"), HasSubstr("failed 1\n")));
}

TEST(NUnit, ARunThatFailsOutsideOfItsTestsFails) {
  EXPECT_THAT(read_text("nunit",
                        "<test-run result='Failed'><test-suite><test-case name='a' "
                        "result='Passed'/></test-suite></test-run>"),
              AllOf(HasSubstr("passed 1\n"), HasSubstr("errored 1\n")));
}

TEST(Trx, ARunThatWasStoppedFails) {
  EXPECT_THAT(
      read_text("trx",
                "<TestRun><Results><UnitTestResult testName='a' outcome='Passed'/></Results>"
                "<ResultSummary outcome='Aborted'/></TestRun>"),
      AllOf(HasSubstr("passed 1\n"), HasSubstr("errored 1\n")));
}

TEST(Trx, RowsOfATestWithDataCountAndTheTestAroundThemDoesNot) {
  EXPECT_THAT(
      read_text(
          "trx",
          "<TestRun><Results><UnitTestResult testName='a' outcome='Failed'><InnerResults>"
          "<UnitTestResult testName='a (1)' outcome='Passed' duration='1.00:00:01.5'/>"
          "<UnitTestResult testName='a (2)' outcome='Failed'/></InnerResults></UnitTestResult>"
          "</Results><ResultSummary outcome='Failed'/></TestRun>"),
      AllOf(HasSubstr("total 2\n"), HasSubstr("failed 1\n"), HasSubstr("duration 86401.5\n")));
}

TEST(XUnit, BothVersionsAreRead) {
  const std::string assembly =
      "<assembly run-date='2026-01-01' errors='1'><collection><test name='a' result='Pass' "
      "time='0.5'/></collection><errors><error/></errors></assembly>";
  const std::string facts = read_text("xunit", "<assemblies>" + assembly + "</assemblies>");
  EXPECT_THAT(facts, AllOf(HasSubstr("passed 1\n"), HasSubstr("errored 1\n")));
  EXPECT_EQ(facts, read_text("xunit", assembly));
}

TEST(CTest, ATestThatCouldNotBeRunIsNotLeftOut) {
  EXPECT_THAT(
      read_text("ctest",
                "<Site><Testing><Test Status='notrun'><Name>a</Name></Test></Testing></Site>"),
      AllOf(HasSubstr("errored 1\n"), HasSubstr("skipped 0\n")));
}

TEST(GitLabTests, WhatIsCountedAndNotListedCounts) {
  EXPECT_THAT(read_text("gitlab_tests",
                        R"({"total_count": 3, "test_suites": [{"name": "s", "success_count": 2,
                            "failed_count": 1, "test_cases": [{"name": "a", "status": "success"}]}]})"),
              AllOf(HasSubstr("total 3\n"), HasSubstr("failed 1\n")));
}

// ---- forges ----

std::string github_run(const char* name, const char* conclusion, const char* rest = "") {
  return std::string(R"({"name": ")") + name + R"(", "status": "completed", "conclusion": ")" +
         conclusion + R"(", "check_suite": {"id": 1}, "head_sha": "aaa")" + rest + "}";
}

TEST(GitHub, ARepeatedRunReplacesTheOneBefore) {
  const std::string document =
      R"({"total_count": 2, "check_runs": [)" +
      github_run("a", "success", R"(, "started_at": "2026-01-02T00:00:00Z")") + "," +
      github_run("a", "failure", R"(, "started_at": "2026-01-01T00:00:00Z")") + "]}";
  EXPECT_THAT(read_text("github", document),
              AllOf(HasSubstr("total 1\n"), HasSubstr("green true\n")));
}

TEST(GitHub, ARunThatHasNotBegunIsTheNewest) {
  const std::string waits =
      R"({"name": "a", "status": "queued", "conclusion": null, "check_suite": {"id": 1},
          "started_at": "0001-01-01T00:00:00Z"})";
  const std::string done = github_run("a", "success", R"(, "started_at": "2026-01-02T00:00:00Z")");
  for (const std::string& runs : {waits + "," + done, done + "," + waits})
    EXPECT_THAT(read_text("github", R"({"check_runs": [)" + runs + "]}"),
                AllOf(HasSubstr("total 1\n"), HasSubstr("pending 1\n")));
}

TEST(GitHub, OneNameInTwoSuitesIsTwoChecks) {
  const std::string other =
      R"({"name": "a", "status": "completed", "conclusion": "failure", "check_suite": {"id": 2}})";
  EXPECT_THAT(
      read_text("github", R"({"check_runs": [)" + other + "," + github_run("a", "success") + "]}"),
      AllOf(HasSubstr("total 2\n"), HasSubstr("green false\n")));
}

TEST(GitHub, APageOfAListIsNotTheList) {
  EXPECT_THAT(read_text("github", R"({"total_count": 31, "check_runs": [)" +
                                      github_run("a", "success") + "]}"),
              HasSubstr("expected all 31 elements of `check_runs`"));
}

TEST(GitHub, WhatIsNotDoneIsNotGreenAndSkippedAloneIsNot) {
  EXPECT_THAT(
      read_text("github",
                R"({"check_runs": [{"name": "a", "status": "queued", "conclusion": null}]})"),
      AllOf(HasSubstr("pending 1\n"), HasSubstr("green false\n")));
  EXPECT_THAT(read_text("github", R"({"check_runs": [)" + github_run("a", "skipped") + "]}"),
              HasSubstr("green false\n"));
  EXPECT_THAT(read_text("github", R"({"check_runs": [)" + github_run("a", "neutral") + "," +
                                      github_run("b", "success") + "]}"),
              HasSubstr("green true\n"));
  EXPECT_THAT(read_text("github", R"({"total_count": 0, "check_runs": []})"),
              AllOf(HasSubstr("total 0\n"), HasSubstr("green null\n")));
}

TEST(GitHub, DocumentsOfTwoCommitsAreRefused) {
  const std::string one = R"({"check_runs": [)" + github_run("a", "success") + "]}";
  const std::string other =
      R"({"state": "open", "number": 1, "head": {"sha": "bbb"}, "base": {"sha": "c"}})";
  EXPECT_THAT(read_files("github", {{"x", one}, {"y", other}}),
              AllOf(HasSubstr("y:1"), HasSubstr("documents of one commit"), HasSubstr("`bbb`")));
}

TEST(GitHub, OfOnePersonTheLastVerdictCountsAndTheAuthorsDoesNot) {
  const auto review = [](const char* user, const char* state, const char* commit, int day) {
    return std::string(R"({"user": {"login": ")") + user + R"("}, "state": ")" + state +
           R"(", "commit_id": ")" + commit + R"(", "submitted_at": "2026-01-0)" +
           std::to_string(day) + R"(T00:00:00Z"})";
  };
  const std::string change =
      R"({"state": "open", "number": 1, "head": {"sha": "aaa"}, "base": {}, "user": {"login": "author"}})";
  const std::string reviews =
      "[" + review("first", "CHANGES_REQUESTED", "aaa", 1) + "," +
      review("first", "APPROVED", "aaa", 2) + "," + review("first", "COMMENTED", "aaa", 3) + "," +
      review("second", "APPROVED", "old", 1) + "," + review("third", "APPROVED", "aaa", 1) + "," +
      review("third", "DISMISSED", "aaa", 2) + "," + review("author", "APPROVED", "aaa", 2) + "]";
  EXPECT_THAT(read_files("github", {{"x", change}, {"y", reviews}}),
              AllOf(HasSubstr("approvals 2\n"), HasSubstr("approvals_of_head 1\n"),
                    HasSubstr("changes_requested 0\n")));
  EXPECT_THAT(read_text("github", reviews), HasSubstr("approvals_of_head null\n"));
}

TEST(GitHub, WhatGhPrintsIsRead) {
  EXPECT_THAT(
      read_text("github", R"({"headRefOid": "aaa", "state": "OPEN", "isDraft": true,
      "author": {"login": "author"}, "reviewDecision": "REVIEW_REQUIRED", "reviews": [],
      "statusCheckRollup": [
        {"__typename": "CheckRun", "name": "a", "workflowName": "w", "status": "COMPLETED", "conclusion": "SUCCESS"},
        {"__typename": "StatusContext", "context": "b", "state": "PENDING"}]})"),
      AllOf(HasSubstr("pending 1\n"), HasSubstr("approvals 0\n"), HasSubstr("approved false\n"),
            HasSubstr("draft true\n"), HasSubstr("change \"open\"\n")));
  EXPECT_THAT(read_text("github", R"([{"bucket": "pass", "name": "a", "state": "SUCCESS"},
                                      {"bucket": "cancel", "name": "b", "state": "CANCELLED"}])"),
              AllOf(HasSubstr("failed 1\n"), HasSubstr("green false\n")));
}

TEST(GitHub, AJobAndTheCheckThatItIsAreOne) {
  const std::string job =
      R"({"jobs": [{"id": 7, "run_id": 3, "name": "a", "status": "completed", "conclusion": "success"}]})";
  const std::string check =
      R"({"check_runs": [)" + github_run("a", "success", R"(, "id": 7)") + "]}";
  EXPECT_THAT(read_files("github", {{"x", job}, {"y", check}}), HasSubstr("total 1\n"));
}

TEST(GitLab, AJobThatMayFailBlocksNothing) {
  EXPECT_THAT(read_text("gitlab", R"([
      {"name": "a", "stage": "s", "status": "success", "allow_failure": false},
      {"name": "b", "stage": "s", "status": "failed", "allow_failure": true},
      {"name": "c", "stage": "s", "status": "manual", "allow_failure": true}])"),
              AllOf(HasSubstr("green true\n"), HasSubstr("skipped 2\n")));
  EXPECT_THAT(read_text("gitlab", R"([{"name": "c", "stage": "s", "status": "manual"}])"),
              HasSubstr("pending 1\n"));
}

TEST(GitLab, APipelineThatFailedIsNotGreenWhateverItsListedJobsSay) {
  const std::string pipeline = R"({"id": 1, "sha": "aaa", "ref": "main", "status": "failed"})";
  const std::string jobs = R"([{"id": 2, "name": "a", "stage": "s", "status": "success"}])";
  EXPECT_THAT(read_files("gitlab", {{"x", pipeline}, {"y", jobs}}),
              AllOf(HasSubstr("total 2\n"), HasSubstr("green false\n")));
}

TEST(GitLab, WhoApprovedIsKnownEvenWhereNobodyDid) {
  EXPECT_THAT(
      read_text("gitlab", R"({"approvals_required": 1, "approvals_left": 1, "approved_by": []})"),
      AllOf(HasSubstr("approvals 0\n"), HasSubstr("approved false\n"),
            HasSubstr("changes_requested null\n")));
}

TEST(Git, ATagWithoutAnnotationCommitOrVersionIsRead) {
  EXPECT_THAT(read_text("git", "release-1.2-3-gabcdef1-dirty\n"),
              AllOf(HasSubstr("nearest_tag \"release-1.2\"\n"), HasSubstr("distance 3\n"),
                    HasSubstr("dirty true\n"), Not(HasSubstr("version"))));
  EXPECT_THAT(read_text("git", "2025-11-05-0-g972a15ce\n"),
              AllOf(HasSubstr("tag \"2025-11-05\"\n"), Not(HasSubstr("version"))));
  EXPECT_THAT(read_text("git", "v1.4.0-rc.1-0-g972a15ce\n"), HasSubstr("version \"1.4.0-rc.1\"\n"));
  EXPECT_THAT(read_text("git", "972a15cedd\n"),
              AllOf(HasSubstr("commit \"972a15cedd\"\n"), HasSubstr("dirty null\n")));
}

TEST(Git, WhatIsBrokenOffOrOfTwoCommitsIsRefused) {
  EXPECT_THAT(read_text("git", "v1.4.0-0-g972a15ce"), HasSubstr("broken off"));
  EXPECT_THAT(read_text("git", "v1.4.0-0-g972a15ce\n# branch.oid 1111111111\n"),
              HasSubstr("two commits"));
  EXPECT_THAT(read_text("git", "fatal: No names found\n"), HasSubstr("git describe --tags --long"));
}

// ---- clusters ----

TEST(ArgoCd, WhatHasNoStatusIsNotKnownToBeInSync) {
  const std::string app =
      R"({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "a"})";
  EXPECT_THAT(read_text("argocd", app + "}"),
              AllOf(HasSubstr("synced null\n"), HasSubstr("healthy null\n")));
  EXPECT_THAT(
      read_text("argocd", app + R"(, "status": {"sync": {"status": "OutOfSync", "revision": "b"},
      "operationState": {"phase": "Succeeded", "syncResult": {"revision": "a"}}}})"),
      AllOf(HasSubstr("synced false\n"), HasSubstr("current false")));
}

TEST(Rollouts, AnAnalysisThatBrokeIsNoneThatFailed) {
  EXPECT_THAT(read_text("rollouts", R"({"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
      "metadata": {"name": "a"}, "status": {"phase": "Error"}})"),
              AllOf(HasSubstr("failed 0\n"), HasSubstr("errors 1\n")));
}

TEST(Flux, WhatWasReadyBeforeTheLastChangeIsNotKnownToBe) {
  EXPECT_THAT(
      read_text("flux", R"({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
      "metadata": {"name": "a", "generation": 3}, "status": {"observedGeneration": 2,
      "conditions": [{"type": "Ready", "status": "True"}]}})"),
      AllOf(HasSubstr("ready null\n"), HasSubstr("current false")));
}

TEST(Helm, TheNewestRevisionCounts) {
  EXPECT_THAT(
      read_text("helm", R"([{"name": "a", "revision": "2", "status": "failed", "chart": "c-1",
      "updated": "2026-01-02 03:04:05.123456789 +0000 UTC"},
      {"name": "a", "revision": "1", "status": "deployed", "chart": "c-1"}])"),
      AllOf(HasSubstr("deployed false\n"), HasSubstr("failed 1\n"),
            HasSubstr("made_at \"2026-01-02T03:04:05.123456789+00:00\"\n")));
}

// ---- load tests ----

TEST(Load, ATransactionIsNoRequest) {
  EXPECT_THAT(read_text("jmeter",
                        "timeStamp,elapsed,label,responseMessage,success\n"
                        "1547676357000,100,a,OK,true\n1547676357100,300,b,\"x, \"\"y\"\"\",false\n"
                        "1547676357000,400,t,\"Number of samples in transaction : 2\",false\n"),
              AllOf(HasSubstr("requests 2\n"), HasSubstr("error_ratio 0.5\n"),
                    HasSubstr("latency_p95 \"300ms\"\n"), HasSubstr("rate 5\n")));
  EXPECT_THAT(
      read_text(
          "jmeter",
          "<testResults><sample t='9' s='true'><httpSample t='4' s='true'><httpSample "
          "t='3' s='true'/></httpSample><httpSample t='5' s='false'/></sample></testResults>"),
      HasSubstr("requests 2\n"));
}

TEST(Load, ARowThatIsBrokenOffIsRefused) {
  EXPECT_THAT(read_text("jmeter", "timeStamp,elapsed,success\n1547676357000,100\n"),
              AllOf(HasSubstr("x:2"), HasSubstr("2 columns")));
  EXPECT_THAT(read_text("locust", "Name,Request Count,Average Response Time\na,1,2\n"),
              HasSubstr("Aggregated"));
}

TEST(Load, ARowThatEndsTheFileIsWholeWhereItsLastCellIsNotLookedAt) {
  EXPECT_THAT(read_text("jmeter", "timeStamp,elapsed,success,Connect\n1547676357000,100,true,3"),
              HasSubstr("requests 1\n"));
  EXPECT_THAT(read_text("jmeter", "timeStamp,success,elapsed\n1547676357000,true,100"),
              HasSubstr("broken off"));
}

constexpr std::string_view kAb =
    "This is ApacheBench, Version 2.3\n"
    "Concurrency Level:      4\nTime taken for tests:   2.000 seconds\n"
    "Complete requests:      400\n";

TEST(Load, AnswersThatAbDoesNotCallFailedHaveFailed) {
  const std::string rest = "Transfer rate:          536.85 [Kbytes/sec] received\n";
  EXPECT_THAT(
      read_text("ab", std::string(kAb) +
                          "Failed requests:        0\nNon-2xx responses:      100\n" + rest),
      HasSubstr("error_ratio 0.25\n"));
  // A page of another length and a status that is none of success may be one answer.
  EXPECT_THAT(read_text("ab", std::string(kAb) +
                                  "Failed requests:        110\n"
                                  "   (Connect: 0, Receive: 10, Length: 100, Exceptions: 0)\n"
                                  "Non-2xx responses:      90\n" +
                                  rest),
              AllOf(HasSubstr("error_ratio 0.275\n"), HasSubstr("latency_p95 null\n")));
  EXPECT_THAT(read_text("ab", std::string(kAb) + "Failed requests:        0\n"),
              HasSubstr("`Transfer rate:`"));
}

TEST(Load, WhatHeyCountsIsAllThatItSent) {
  const std::string head =
      "\nSummary:\n  Total:\t2.0000 secs\n  Slowest:\t0.1000 secs\n  Average:\t0.0500 secs\n"
      "  Requests/sec:\t50.0000\n\nLatency distribution:\n  95%% in 0.0900 secs\n\n"
      "Status code distribution:\n  [200]\t90 responses\n";
  const std::string errors = "\nError distribution:\n  [4]\tGet \"x\": refused\n";
  EXPECT_THAT(read_text("hey", head + "  [503]\t6 responses\n" + errors),
              AllOf(HasSubstr("requests 100\n"), HasSubstr("error_ratio 0.1\n"),
                    HasSubstr("latency_p95 \"0.09s\"\n")));
  EXPECT_THAT(read_text("hey", head), HasSubstr("as many answers"));
}

TEST(Load, SocketErrorsOfWrkAreErrors) {
  EXPECT_THAT(read_text("wrk",
                        "Running 1s test @ http://x\n  1 threads and 1 connections\n"
                        "  90 requests in 1.00m, 5.66KB read\n"
                        "  Socket errors: connect 0, read 4, write 0, timeout 6\n"
                        "Requests/sec: 1.5\nTransfer/sec: 1KB\n"),
              AllOf(HasSubstr("error_ratio 0.1\n"), HasSubstr("latency_p95 null\n"),
                    HasSubstr("duration \"60s\"\n"), HasSubstr("users_max 1\n")));
}

TEST(Load, OfNoRequestsNothingIsKnown) {
  EXPECT_THAT(
      read_text("vegeta", R"({"latencies": {}, "requests": 0, "success": 0, "status_codes": {}})"),
      AllOf(HasSubstr("requests 0\n"), HasSubstr("error_ratio null\n")));
}

// ---- supply chain ----

TEST(Sbom, AComponentThatTwoDocumentsListCountsOnce) {
  const std::string spdx =
      R"({"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "a", "name": "a", "versionInfo": "1",
          "licenseDeclared": "NOASSERTION"}]})";
  EXPECT_THAT(read_files("spdx", {{"x", spdx}, {"y", spdx}}),
              AllOf(HasSubstr("components 1\n"), HasSubstr("unlicensed 1\n")));
}

TEST(OpenVex, TheNewestStatementCounts) {
  EXPECT_THAT(read_text("openvex", R"({"@context": "https://openvex.dev/ns/v0.2.0", "statements": [
      {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "p"}], "status": "fixed", "timestamp": "2026-01-02T00:00:00Z"},
      {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "p"}], "status": "affected", "timestamp": "2026-01-01T00:00:00Z"}]})"),
              AllOf(HasSubstr("fixed 1\n"), HasSubstr("affected 0\n")));
}

TEST(Attestations, APayloadIsReadAndNeverTakenForSigned) {
  EXPECT_THAT(
      read_text("attestations",
                R"({"payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "x"}],
      "payload": "eyJfdHlwZSI6ICJsaW5rIn0="})"),
      HasSubstr("verified null\n"));
  EXPECT_THAT(
      read_text(
          "attestations",
          R"({"payloadType": "application/vnd.in-toto+json", "signatures": [], "payload": "%"})"),
      HasSubstr("base64"));
  EXPECT_THAT(read_text("attestations",
                        R"({"payloadType": "text/plain", "signatures": [], "payload": "e30="})"),
              HasSubstr("a payload of in-toto"));
}

// ---- databases, quality, operations ----

TEST(Migrations, ALogIsNoState) {
  EXPECT_THAT(
      read_text("dbmate", "Applying: 1_a.sql\nApplied: 1_a.sql in 1ms\nError: no such table\n"),
      HasSubstr("expected the output of `dbmate status`"));
  EXPECT_THAT(read_text("dbmate", "[X] 1_a.sql\n[ ] 2_b.sql\n\nApplied: 1\nPending: 2\n"),
              HasSubstr("broken off"));
  EXPECT_THAT(
      read_text("flyway", R"({"operation": "migrate", "flywayVersion": "10", "migrations": []})"),
      HasSubstr("expected the state of Flyway"));
}

TEST(Migrations, AStateThatNobodyKnowsIsRefused) {
  EXPECT_THAT(
      read_text(
          "flyway",
          R"({"operation": "info", "flywayVersion": "10", "migrations": [{"state": "Odd"}]})"),
      HasSubstr("`Odd`"));
}

constexpr std::string_view kAtlasRun = R"({"Driver": "sqlite3", "Start": "2026-05-04T10:00:00Z",
    "End": "2026-05-04T10:00:01Z", "Target": "2", "Pending": [{"Name": "1_a.sql", "Version": "1"},
    {"Name": "2_b.sql", "Version": "2"}], "Applied": [{"Name": "1_a.sql", "Version": "1"},
    {"Name": "2_b.sql", "Version": "2")";

TEST(Atlas, ARunWithAnErrorSaysNothingOfWhatWasRolledBack) {
  EXPECT_THAT(read_text("atlas", std::string(kAtlasRun) + R"(, "Error": {"Text": "no table"}}]})"),
              AllOf(HasSubstr("applied null\npending null\nfailed 1\n"), HasSubstr("dirty null\n"),
                    HasSubstr("migrations null\n"), Not(HasSubstr("current"))));
  // An error of a commit is one of no file.
  EXPECT_THAT(read_text("atlas", std::string(kAtlasRun) + R"(}], "Error": "commit"})"),
              AllOf(HasSubstr("applied null\n"), HasSubstr("failed 1\n")));
}

TEST(Atlas, ARunTellsOfItsOwnFilesAlone) {
  const std::string run = std::string(kAtlasRun) + "}]}";
  EXPECT_THAT(read_text("atlas", run),
              AllOf(HasSubstr("applied null\npending null\nfailed 0\n"), HasSubstr("dirty false\n"),
                    HasSubstr("current \"2\"\n"), HasSubstr("migrations null\n")));
  const std::string before = R"({"Env": {}, "Status": "PENDING", "Pending": [
    {"Name": "1_a.sql", "Version": "1"}, {"Name": "2_b.sql", "Version": "2"}, {"Name": "3_c.sql", "Version": "3"}]})";
  EXPECT_THAT(read_files("atlas", {{"x", before}, {"y", run}}),
              HasSubstr("applied 2\npending 1\nfailed 0\n"));
  EXPECT_THAT(read_text("atlas", R"({"Driver": "sqlite3", "Start": "2026-05-04T10:00:00Z",
    "End": "2026-05-04T10:00:01Z", "Message": "No migration files to execute"})"),
              HasSubstr("applied null\npending 0\n"));
}

TEST(Atlas, AFileThatWasAppliedInPartHasFailed) {
  EXPECT_THAT(
      read_text("atlas", R"({"Env": {"Driver": "sqlite3"}, "Status": "PENDING", "Current": "1",
    "Available": [{"Name": "1_a.sql", "Version": "1"}], "Pending": [{"Name": "1_a.sql", "Version": "1"}],
    "Applied": [{"Version": "1", "Applied": 1, "Total": 3}]})"),
      AllOf(HasSubstr("applied 0\npending 0\nfailed 1\n"), HasSubstr("dirty true\n")));
}

TEST(Atlas, AFileThatIsGoneIsMissingAndABaselineIsNot) {
  EXPECT_THAT(read_text("atlas", R"({"Env": {}, "Status": "OK", "Current": "2",
    "Available": [{"Name": "0_old.sql", "Version": "0"}, {"Name": "2_b.sql", "Version": "2"}],
    "Applied": [{"Version": "0.5", "Type": "baseline"}, {"Version": "1", "Description": "a", "Applied": 1, "Total": 1},
    {"Version": "2", "Applied": 1, "Total": 1}]})"),
              HasSubstr("applied 2\npending 0\nfailed 0\nmissing 1\nignored 1\n"));
}

TEST(Atlas, AStatusThatItsFilesGainsayIsRefused) {
  EXPECT_THAT(read_text("atlas", R"({"Env": {}, "Status": "PENDING"})"), HasSubstr("`Pending`"));
  EXPECT_THAT(read_text("atlas", R"({"Env": {}, "Status": "ERROR"})"), HasSubstr("`ERROR`"));
}

TEST(Liquibase, AStatusSaysNothingOfWhatWasApplied) {
  EXPECT_THAT(read_text("liquibase", "SA@jdbc:h2:./db is up to date\n"),
              AllOf(HasSubstr("applied null\npending 0\nfailed 0\n")));
  EXPECT_THAT(read_text("liquibase", "2 change sets have not been applied to SA@jdbc:h2:./db\n"),
              AllOf(HasSubstr("pending 2\n"), HasSubstr("migrations null\n")));
  EXPECT_THAT(read_text("liquibase",
                        "[INFO] 1 changesets have not been applied to SA@jdbc:h2:./db\n"
                        "[INFO]      a.xml::odd::id::me\n"),
              AllOf(HasSubstr("pending 1\n"), HasSubstr(R"(version "odd::id", name "a.xml::odd)")));
}

TEST(Liquibase, AHistorySaysNothingOfWhatIsPendingAndBothSayAll) {
  const std::string history =
      "Liquibase History for jdbc:h2:./db\n\n"
      "- Database updated at 5/4/26, 2:39 AM. Applied 1 changeset(s), DeploymentId: 1\n"
      "  a.xml::1::me\n\n";
  EXPECT_THAT(read_text("liquibase", history),
              AllOf(HasSubstr("applied 1\npending null\n"), HasSubstr("migrations null\n")));
  const std::string status =
      "1 changesets have not been applied to SA@jdbc:h2:./db\n     a.xml::2::me\n";
  EXPECT_THAT(read_files("liquibase", {{"x", history}, {"y", status}}),
              AllOf(HasSubstr("applied 1\npending 1\n"), HasSubstr("state \"applied\"")));
  // A database that was looked at again has the state of the second time.
  EXPECT_THAT(read_files("liquibase", {{"x", status}, {"y", "SA@jdbc:h2:./db is up to date\n"}}),
              HasSubstr("pending 0\n"));
}

TEST(Liquibase, WhatIsBrokenOffIsRefused) {
  EXPECT_THAT(
      read_text("liquibase",
                "2 changesets have not been applied to SA@jdbc:h2:./db\n     a.xml::1::me\n"),
      HasSubstr("as many changesets"));
  EXPECT_THAT(read_text("liquibase", "Liquibase History for jdbc:h2:./db\n"),
              HasSubstr("broken off"));
  EXPECT_THAT(
      read_text("liquibase",
                "Liquibase History for jdbc:h2:./db\n\n- Database updated at 5/4/26. Applied "
                "2 changeset(s), DeploymentId: 1\n  a.xml::1::me\n"),
      HasSubstr("broken off"));
  EXPECT_THAT(read_text("liquibase", "SA@jdbc:h2:./db is up to date"), HasSubstr("broken off"));
}

TEST(Lighthouse, OfSeveralRunsTheMedianCountsAndAnErrorIsNoRun) {
  const auto run = [](const char* score) {
    return std::string(
               R"({"lighthouseVersion": "12", "audits": {}, "categories": {"seo": {"score": )") +
           score + "}}}";
  };
  EXPECT_THAT(read_files("lighthouse", {{"x", run("0.5")}, {"y", run("0.9")}, {"z", run("0.8")}}),
              AllOf(HasSubstr("seo 0.8\n"), HasSubstr("runs 3\n")));
  EXPECT_THAT(read_files("lighthouse", {{"x", run("0.5")}, {"y", run("null")}}),
              HasSubstr("seo null\n"));
  EXPECT_THAT(
      read_text("lighthouse",
                R"({"lighthouseVersion": "12", "audits": {}, "runtimeError": {"code": "NO_FCP"}})"),
      HasSubstr("NO_FCP"));
}

TEST(SonarQube, NoGateIsNotPassed) {
  EXPECT_THAT(read_text("sonarqube", R"({"projectStatus": {"status": "NONE", "conditions": []}})"),
              HasSubstr("passed null\n"));
  EXPECT_THAT(
      read_text("sonarqube", R"({"projectStatus": {"status": "ERROR", "conditions": [
      {"status": "ERROR", "metricKey": "new_coverage", "actualValue": "82.5", "errorThreshold": "85"}]}})"),
      AllOf(HasSubstr("passed false\n"), HasSubstr("failed 1\n"), HasSubstr("actual 82.5")));
}

TEST(Flags, ASharePickedByRulesIsNotKnown) {
  EXPECT_THAT(read_text("unleash", R"({"features": [{"name": "a", "enabled": true, "strategies": [
      {"name": "flexibleRollout", "parameters": {"rollout": "25"}, "constraints": [{}]}]}]})"),
              HasSubstr("rollout null"));
  EXPECT_THAT(
      read_text("launchdarkly", R"({"key": "a", "variations": [{"value": true}, {"value": false}],
      "environments": {"production": {"on": true, "fallthrough": {"rollout": {"variations": [
      {"variation": 0, "weight": 2500}, {"variation": 1, "weight": 97500}]}}}}})"),
      HasSubstr("rollout \"2.5%\""));
}

TEST(OnCall, APageIsNotTheAnswer) {
  EXPECT_THAT(read_text("pagerduty", R"({"oncalls": [], "more": true})"), HasSubstr("a page"));
}

TEST(Alerts, NoneAreAnAnswerAndAnErrorIsNot) {
  EXPECT_THAT(read_text("alertmanager", "[]"),
              AllOf(HasSubstr("firing 0\npending null\n"), HasSubstr("broken_rules null\n")));
  EXPECT_THAT(
      read_text("prometheus_alerts", R"({"status": "success", "data": {"alerts": []}})"),
      AllOf(HasSubstr("firing 0\npending 0\nsuppressed null\n"), HasSubstr("broken_rules null\n")));
  EXPECT_THAT(read_text("prometheus_alerts", R"({"status": "error", "error": "timeout"})"),
              HasSubstr("expected an answer of Prometheus"));
}

TEST(Alerts, WhatIsSilencedDoesNotFireAndARuleThatBrokeIsKnown) {
  EXPECT_THAT(read_text("alertmanager", R"([{"labels": {"alertname": "a", "severity": "critical"},
    "startsAt": "2026-05-04T10:00:00Z", "status": {"state": "suppressed", "silencedBy": ["x"]}},
    {"labels": {"alertname": "b", "severity": "critical"}, "startsAt": "", "status": {"state": "unprocessed"}}])"),
              AllOf(HasSubstr("firing 1\n"), HasSubstr("suppressed 1\ncritical 1\n")));
  EXPECT_THAT(
      read_text("prometheus_alerts", R"({"status": "success", "data": {"groups": [{"rules": [
    {"type": "recording", "health": "err"}, {"type": "alerting", "state": "pending", "health": "ok",
     "alerts": [{"labels": {"alertname": "a"}, "state": "pending"}]}]}]}})"),
      HasSubstr("firing 0\npending 1\nsuppressed null\ncritical 0\nbroken_rules 1\n"));
}

TEST(Changes, APageIsNotTheSearch) {
  EXPECT_THAT(read_text("jira", R"({"maxResults": 1, "total": 2, "issues": []})"),
              HasSubstr("expected all 2 issues"));
}

TEST(ServiceNow, WhatPeopleAreShownIsInTheirOwnTimeAndLanguage) {
  EXPECT_THAT(
      read_text("servicenow", R"({"result": [{"number": "CHG1", "state": "Scheduled",
    "approval": "Approved", "type": "Normal", "risk": "Moderate", "active": "true",
    "start_date": "2026-05-04 22:00:00"}]})"),
      AllOf(HasSubstr(R"(state "active", status "Scheduled", stage "scheduled", approved true)"),
            HasSubstr("emergency false"), Not(HasSubstr("starts_at"))));
  EXPECT_THAT(
      read_text("servicenow", R"({"result": {"number": "CHG1", "state": "Geplant",
    "approval": "Genehmigt", "type": "Normal"}})"),
      AllOf(HasSubstr("active null\n"), HasSubstr("state null"), HasSubstr("approved null")));
}

TEST(ServiceNow, AnEmptyTextIsNoAnswerAndAStateOfOnesOwnNoStage) {
  EXPECT_THAT(read_text("servicenow",
                        R"({"result": [{"number": "CHG1", "state": "-7", "short_description": "2.0",
    "approval": "", "type": "", "on_hold": "", "active": "false", "end_date": ""}]})"),
              AllOf(HasSubstr("done 1\n"), HasSubstr("title \"2.0\""),
                    HasSubstr("approved null, emergency null, on_hold null"),
                    Not(HasSubstr("stage")), Not(HasSubstr("ends_at"))));
}

TEST(ServiceNow, RecordsOfOtherTablesAndErrorsAreRefused) {
  EXPECT_THAT(read_text("servicenow", R"({"result": [{"number": "INC1", "state": "2"}]})"),
              HasSubstr("expected an answer of ServiceNow"));
  EXPECT_THAT(
      read_text("servicenow", R"({"error": {"message": "No Record found"}, "status": "failure"})"),
      HasSubstr("expected an answer of ServiceNow"));
  EXPECT_THAT(
      read_text("servicenow", R"({"result": [{"number": "CHG1", "approval": "approved"}]})"),
      HasSubstr("`number` and `state`"));
  EXPECT_THAT(read_text("servicenow", R"({"result": []})"), HasSubstr("active 0\n"));
}

TEST(CodeDeploy, WhatRollsBackSucceedsAsOthersDo) {
  EXPECT_THAT(read_text("codedeploy", R"({"deploymentInfo": {"applicationName": "shop",
    "deploymentGroupName": "web", "deploymentId": "d-2", "status": "Succeeded", "creator": "codeDeployRollback",
    "deploymentOverview": {"Succeeded": 2, "Skipped": 1}}})"),
              AllOf(HasSubstr("succeeded 1\n"), HasSubstr("rolled_back true"),
                    HasSubstr("desired 3, running 2, pending 0, failed 0")));
}

TEST(CodeDeploy, WhatIsNotCountedIsNotKnown) {
  EXPECT_THAT(read_text("codedeploy", R"({"deploymentsInfo": [{"applicationName": "shop",
    "deploymentGroupName": "web", "deploymentId": "d-2", "status": "Ready",
    "startTime": "2026-05-04T10:00:00.123000+02:00", "revision": {"revisionType": "GitHub",
    "gitHubLocation": {"repository": "a/b", "commitId": "c0ffee"}}}]})"),
              AllOf(HasSubstr("in_progress 1\n"), HasSubstr("desired null\nrunning null\n"),
                    HasSubstr(R"(revision "c0ffee", desired null)"), HasSubstr("+02:00")));
  EXPECT_THAT(read_text("codedeploy", R"({"deploymentsInfo": []})"),
              AllOf(HasSubstr("failed null\n"), HasSubstr("desired null\n")));
}

TEST(CodeDeploy, AStatusThatNobodyKnowsIsRefused) {
  EXPECT_THAT(read_text("codedeploy", R"({"deploymentInfo": {"applicationName": "shop",
    "deploymentId": "d-2", "status": "Odd"}})"),
              HasSubstr("`Odd`"));
}

std::string ecs_answer(const std::string& deployments) {
  return R"({"failures": [], "services": [{"serviceArn": "arn:s", "serviceName": "web", "status": "ACTIVE",
    "desiredCount": 2, "runningCount": 2, "pendingCount": 0, "deployments": [)" +
         deployments + "]}]}";
}

TEST(Ecs, TasksOfTheDeploymentBeforeAreNotCounted) {
  EXPECT_THAT(read_text("ecs", ecs_answer(R"(
    {"id": "b", "status": "PRIMARY", "desiredCount": 2, "runningCount": 0, "pendingCount": 1, "failedTasks": 8,
     "taskDefinition": "web:6", "rolloutState": "IN_PROGRESS"},
    {"id": "a", "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "rolloutState": "COMPLETED"})")),
              AllOf(HasSubstr("in_progress 1\nsucceeded 0\n"),
                    HasSubstr(R"(revision "web:6", desired 2, running 0, pending 1, failed 8)")));
}

TEST(Ecs, WhatWasRolledBackToIsComplete) {
  EXPECT_THAT(read_text("ecs", ecs_answer(R"(
    {"id": "a", "status": "PRIMARY", "desiredCount": 2, "runningCount": 2, "rolloutState": "COMPLETED"},
    {"id": "b", "status": "INACTIVE", "desiredCount": 0, "runningCount": 0, "rolloutState": "FAILED"})")),
              AllOf(HasSubstr("succeeded 1\n"), HasSubstr("rolled_back true")));
}

TEST(Ecs, WithoutAStateOneDeploymentWithAllOfItsTasksIsStable) {
  const std::string one =
      R"({"id": "a", "status": "PRIMARY", "desiredCount": 2, "runningCount": 2, "pendingCount": 0})";
  const std::string other =
      R"({"id": "b", "status": "ACTIVE", "desiredCount": 0, "runningCount": 1})";
  EXPECT_THAT(read_text("ecs", ecs_answer(one)),
              AllOf(HasSubstr("succeeded 1\n"), HasSubstr("rolled_back null")));
  EXPECT_THAT(read_text("ecs", ecs_answer(one + "," + other)), HasSubstr("in_progress 1\n"));
}

TEST(Ecs, AServiceThatIsMissingIsRefused) {
  EXPECT_THAT(
      read_text("ecs",
                R"({"services": [], "failures": [{"arn": "arn:web", "reason": "MISSING"}]})"),
      HasSubstr("`MISSING` of arn:web"));
}

TEST(OpenSlo, YamlIsReadAndAPercentageIsAShare) {
  EXPECT_THAT(
      read_text("openslo",
                "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  service: s\n"
                "  timeWindow: [{duration: 1M}]\n  objectives: [{targetPercent: 99.5}]\n"),
      AllOf(HasSubstr("target 0.995"), Not(HasSubstr("window")), HasSubstr("strictest 0.995\n")));
}

// ---- any document ----

TEST(Generic, ATableIsAListOfRows) {
  EXPECT_THAT(
      read_text("csv", "name;took\r\n\"a;\"\"b\"\"\";12\r\n=1+1;\r\n",
                {{"took", "/0/took", "ms"}, {"none", "/1/took", ""}, {"rows", "", ""}}),
      AllOf(HasSubstr("took \"12ms\"\n"), HasSubstr("none null\n"),
            HasSubstr(R"(rows line 2 {name "a;\"b\"", took "12"})"), HasSubstr("\"=1+1\"")));
  EXPECT_THAT(read_text("csv", "a,b\n1,\"2\n"), HasSubstr("quotes that are not closed"));
}

TEST(Generic, LinesOfJsonAreAList) {
  EXPECT_THAT(read_text("ndjson", "{\"a\": 1}\n\n{\"a\": 2}\n", {{"a", "/1/a", ""}}),
              HasSubstr("a 2\n"));
  EXPECT_THAT(read_text("ndjson", "{\"a\": 1}\n{\"a\": \n", {{"a", "/1/a", ""}}), HasSubstr("x:2"));
}

TEST(Generic, ElementsAttributesAndTextsOfXml) {
  EXPECT_THAT(read_text("xml", "<a n='1'><b>x</b><b k='2'>y</b><c>true</c><d/></a>",
                        {{"n", "/a/@n", ""},
                         {"first", "/a/b/0", ""},
                         {"text", "/a/b/1/#text", ""},
                         {"truth", "/a/c", ""},
                         {"none", "/a/d", ""}}),
              AllOf(HasSubstr("n \"1\"\n"), HasSubstr("first \"x\"\n"), HasSubstr("text \"y\"\n"),
                    HasSubstr("truth true\n"), HasSubstr("none null\n")));
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
      if (format.name == "xml" && text.starts_with("<")) continue;  // any XML is one of its own
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

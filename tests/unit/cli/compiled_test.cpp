// Commands on a program that was compiled before.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "runtime/program/codec.h"
#include "tests/unit/cli/session.h"
#include "tests/unit/support/sample_program.h"

namespace dpol::cli {
namespace {

using nlohmann::json;
using testing::Outcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Compiled : public testing::Session {
 protected:
  void SetUp() override {
    Session::SetUp();
    bytes_ = program::encode(test::sample_program().program);
    file_ = write("auth.dpolc", {bytes_.begin(), bytes_.end()});
  }

  std::vector<std::uint8_t> bytes_;
  std::string file_;
};

TEST_F(Compiled, IsChecked) {
  const Outcome check = dpol({"check", file_, "--fact", "service=auth", "--format", "json"});
  EXPECT_EQ(check.err, "");
  EXPECT_EQ(check.code, 1);
  const json report = json::parse(check.out);
  EXPECT_EQ(report["policy"]["id"], "auth");
  EXPECT_EQ(report["decision"], "no-go");
  EXPECT_EQ(report["exit_code"], 1);
  EXPECT_EQ(report["release"]["service"], "auth");
  // Neither a sample nor --at: the clock, and the report owns up to it.
  EXPECT_EQ(report["at"], "2025-02-13T14:05:00Z");
  EXPECT_EQ(report["at_from_clock"], true);
}

TEST_F(Compiled, TheClockIsAskedForOnlyWhereNothingElseSaysWhen) {
  const json report = json::parse(dpol({"check", file_, "--format", "json", "--at", "2025-01-01T00:00:00+01:00"}).out);
  EXPECT_EQ(report["at"], "2024-12-31T23:00:00Z");
  EXPECT_FALSE(report.contains("at_from_clock"));
}

TEST_F(Compiled, ReportsGoWhereTheyAreSent) {
  const std::string as_json = dpol({"check", file_, "--format", "json"}).out;
  const std::string as_text = dpol({"check", file_}).out;
  EXPECT_THAT(as_text, StartsWith("NO-GO  auth"));
  const Outcome both = dpol({"check", file_, "--format", "pretty", "--format=json=" + path("out.json")});
  EXPECT_EQ(both.out, as_text);
  EXPECT_EQ(read("out.json"), as_json);
  const Outcome away = dpol({"check", file_, "--output", path("out.txt")});
  EXPECT_EQ(away.out, "");
  EXPECT_EQ(away.code, 1);
  EXPECT_EQ(read("out.txt"), as_text);
  const Outcome nowhere = dpol({"check", file_, "--output", path("no/such/folder")});
  EXPECT_EQ(nowhere.code, 74);
  EXPECT_THAT(nowhere.err, HasSubstr("cannot be written: No such file or directory"));
}

TEST_F(Compiled, NothingIsPrintedWhereAReportCannotBeWritten) {
  const Outcome broken = dpol({"check", file_, "--format", "pretty", "--format=json=" + path("no/out.json")});
  EXPECT_EQ(broken.code, 74);
  EXPECT_EQ(broken.out, "");
  EXPECT_EQ(dpol({"check", file_}, [](Console& console) { console.out.setstate(std::ios::failbit); }).code, 74);
}

TEST_F(Compiled, ColoursFollowTheTerminalAndTheWish) {
  const auto colored = [this](const char* wish, bool terminal, bool no_color) {
    const Outcome check = dpol({"check", file_, "--color", wish}, [&](Console& console) {
      console.out_is_terminal = terminal;
      console.no_color = no_color;
    });
    return check.out.find('\x1b') != std::string::npos;
  };
  EXPECT_FALSE(colored("auto", false, false));
  EXPECT_TRUE(colored("auto", true, false));
  EXPECT_FALSE(colored("auto", true, true));
  EXPECT_TRUE(colored("always", false, true));
  EXPECT_FALSE(colored("never", true, false));
  const Outcome file = dpol({"check", file_, "--output", path("o")}, [](Console& console) { console.out_is_terminal = true; });
  EXPECT_EQ(file.code, 1);
  EXPECT_EQ(read("o").find('\x1b'), std::string::npos);
}

TEST_F(Compiled, StagesAndPhasesMustExist) {
  const Outcome stage = dpol({"check", file_, "--stage", "60%"});
  EXPECT_EQ(stage.code, 64);
  EXPECT_EQ(stage.out, "");
  EXPECT_THAT(stage.err, StartsWith("dpol: --stage `60%`: there is no such stage; the stages are `0.1`, `0.5` and `1`\n"));
  EXPECT_EQ(dpol({"check", file_, "--stage", "0.5"}).code, 1);
  const Outcome phase = dpol({"check", file_, "--phase", "befor"});
  EXPECT_EQ(phase.code, 64);
  EXPECT_THAT(phase.err, StartsWith("dpol: --phase `befor`: there is no such phase; did you mean `before`?; the phases are "
                                    "`before` and `validated`\n"));
  EXPECT_EQ(dpol({"check", file_, "--phase", "before"}).code, 1);
  const Outcome policy = dpol({"check", file_, "--policy", "auht"});
  EXPECT_EQ(policy.code, 64);
  EXPECT_THAT(policy.err, HasSubstr("did you mean `auth`?"));
  EXPECT_EQ(dpol({"check", file_, "--policy", "auth"}).code, 1);
}

TEST_F(Compiled, InputsThatCannotBeRead) {
  const Outcome missing = dpol({"check", file_, "--facts", path("none.json")});
  EXPECT_EQ(missing.code, 5);
  EXPECT_EQ(missing.out, "");
  EXPECT_THAT(missing.err, HasSubstr("none.json cannot be read: No such file or directory"));
  const Outcome cut = dpol({"check", file_, "--facts", write("cut.json", "{\"service\": ")});
  EXPECT_EQ(cut.code, 5);
  EXPECT_EQ(cut.out, "");
  EXPECT_THAT(cut.err, HasSubstr("cut.json:1"));
  EXPECT_THAT(cut.err, HasSubstr("dpol: 1 error in the inputs: nothing was decided\n"));
  const Outcome url = dpol({"check", file_, "--metrics", "http://user:secret@localhost:9090"});
  EXPECT_EQ(url.code, 5);
  EXPECT_THAT(url.err, Not(HasSubstr("secret")));
}

TEST_F(Compiled, StandardInputIsADocument) {
  standard_input = "{\"service\": \"auth\"}";
  const Outcome check = dpol({"check", file_, "--facts", "-", "--format", "json"});
  EXPECT_EQ(check.code, 1);
  EXPECT_EQ(json::parse(check.out)["release"]["service"], "auth");
}

// Every file that is not quite a program is refused, never run.
TEST_F(Compiled, DamageIsNoticed) {
  std::string text(bytes_.begin(), bytes_.end());
  text.back() = static_cast<char>(text.back() ^ 1);
  const Outcome flipped = dpol({"check", write("flipped.dpolc", text)});
  EXPECT_EQ(flipped.code, 5);
  EXPECT_EQ(flipped.out, "");
  EXPECT_THAT(flipped.err, HasSubstr("flipped.dpolc is not a program that this dpol can run: byte "));
  text.resize(text.size() / 2);
  EXPECT_EQ(dpol({"check", write("cut.dpolc", text)}).code, 5);
  EXPECT_EQ(dpol({"disassemble", path("cut.dpolc")}).code, 5);
}

TEST_F(Compiled, GoesAlone) {
  const Outcome two = dpol({"check", file_, file_});
  EXPECT_EQ(two.code, 64);
  EXPECT_THAT(two.err, HasSubstr("auth.dpolc is compiled: it goes without other policies"));
}

TEST_F(Compiled, IsWrittenAgainAsItWas) {
  EXPECT_EQ(dpol({"compile", "-o", path("again.dpolc"), file_}).code, 0);
  EXPECT_EQ(read("again.dpolc"), read("auth.dpolc"));
  EXPECT_EQ(dpol({"compile", "-o", path("no/folder"), file_}).code, 74);
}

TEST_F(Compiled, IsDisassembled) {
  const Outcome listing = dpol({"disassemble", file_});
  EXPECT_EQ(listing.code, 0);
  EXPECT_THAT(listing.out, HasSubstr("of_samples"));
  EXPECT_EQ(listing.err, "");
}

TEST_F(Compiled, RulesAreExplained) {
  const Outcome latency = dpol({"explain", "latency", file_});
  EXPECT_EQ(latency.err, "");
  EXPECT_EQ(latency.out,
            "rule       auth.canary.latency  (auth.dpol:20)\n"
            "policy     auth \"Authentication\"\n"
            "extends    release.standard\n"
            "stands in  rollout canary, stages 0.5 to 1\n"
            "used       when every p in pods: p.restarts <= 5  (auth.dpol:12)\n"
            "used       otherwise  (auth.dpol:13)\n"
            "says       rollback when latency >= 250ms in 3 of 5 samples\n"
            "reads      metric requests, request, stale after 5m\n"
            "reads      metric latency, duration, lower is better, every 1m, stale after 5m\n"
            "reads      metric latency.stable, duration, lower is better, every 1m, stale after 5m\n"
            "reads      metric latency.baseline, duration\n"
            "then       auth.undo \"Roll back\"  (auth.dpol:31)\n"
            "owner      team-identity\n");
  const Outcome pods = dpol({"explain", "before.pods", file_});
  EXPECT_THAT(pods.out, AllOf(HasSubstr("says       require every p in pods: p.restarts <= 5 else rollback\n"),
                              HasSubstr("says       confirm by 2 release_manager\n"),
                              HasSubstr("reads      fact risk, risk, may be absent\n"),
                              HasSubstr("reads      parameter auth.quota, int, 5 unless set\n"),
                              HasSubstr("covers     G006\n"),
                              HasSubstr("changed    set by auth, it was: 300ms, because \"quieter\"  (auth.dpol:2)\n")));
  const Outcome wrong = dpol({"explain", "latencie", file_});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_EQ(wrong.err, "dpol: there is no rule or procedure `latencie`; did you mean `latency`?\n");
}

}  // namespace
}  // namespace dpol::cli

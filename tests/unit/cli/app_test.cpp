// Finding the command and its options; what every command does alike.

#include <gmock/gmock.h>

#include <stdexcept>

#include "cli/exit_codes.h"
#include "generated/version.h"
#include "lang/diagnostic.h"
#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

using testing::Outcome;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class App : public testing::Session {};

TEST_F(App, VersionAndHelp) {
  EXPECT_EQ(dpol({"version"}).out, "dpol " + std::string(kVersion) + "\neditions of the language: 1\n");
  EXPECT_EQ(dpol({"--version"}).out, dpol({"version"}).out);
  const Outcome help = dpol({"help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  for (const CommandInfo& command : commands()) {
    EXPECT_THAT(help.out, HasSubstr("dpol " + std::string(command.name) + " "));
  }
  EXPECT_EQ(dpol({"--help"}).out, help.out);
  EXPECT_EQ(dpol({"-h"}).out, help.out);
}

// Pipelines branch on them.
TEST_F(App, ExitCodesStay) {
  EXPECT_EQ(kExitDone, 0);
  EXPECT_EQ(kExitFindings, 1);
  EXPECT_EQ(kExitPolicy, 4);
  EXPECT_EQ(kExitInput, 5);
  EXPECT_EQ(kExitUsage, 64);
  EXPECT_EQ(kExitDefect, 70);
  EXPECT_EQ(kExitOutput, 74);
}

TEST_F(App, EachCommandHasItsHelp) {
  for (const CommandInfo& command : commands()) {
    const std::string name(command.name);
    const Outcome help = dpol({"help", name});
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_EQ(help.err, "") << name;
    EXPECT_THAT(help.out, HasSubstr(std::string(command.doc))) << name;
    EXPECT_EQ(dpol({name, "--help"}).out, help.out) << name;
  }
  EXPECT_THAT(dpol({"help", "check"}).out, HasSubstr("--metrics [NAME[.TRACK]=]FILE"));
}

TEST_F(App, WrongCommandsNameTheNearest) {
  const Outcome wrong = dpol({"chekc", "x.dpol"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err,
            "dpol: there is no command `chekc`; did you mean `check`?\n"
            "the commands are check, plan, confirm, baseline, log, messages, test, compile, lint, disassemble, facts, explain, fmt, init, doc, version, help\n");
  EXPECT_EQ(dpol({}).code, 64);
  EXPECT_EQ(dpol({"help", "chekc"}).code, 64);
  EXPECT_THAT(dpol({"\x1b[2J"}).err, HasSubstr("`\\u{1b}[2J`"));
}

TEST_F(App, WrongOptionsNameTheNearestAndTheUsage) {
  const Outcome wrong = dpol({"check", "x.dpol", "--facst", "f.json"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err,
            "dpol: there is no option `--facst`; did you mean `--facts`?\n"
            "usage: dpol check POLICY… [options]\n"
            "       `dpol help check` lists the options\n");
  EXPECT_THAT(dpol({"check", "x.dpol", "--formt=json"}).err, HasSubstr("did you mean `--format`?"));
  EXPECT_THAT(dpol({"check", "x.dpol", "--at"}).err, StartsWith("dpol: --at needs a value\n"));
  EXPECT_EQ(dpol({"check", "x.dpol", "--at"}).code, 64);
  EXPECT_EQ(dpol({"version", "now"}).code, 64);
  EXPECT_THAT(dpol({"version", "now"}).err, StartsWith("dpol: too many arguments: `now`\n"));
}

TEST_F(App, ValuesOfOptionsThatAreNone) {
  const auto refuses = [this](const Arguments& options, const char* why) {
    Arguments all = {"check", "x.dpol"};
    all.insert(all.end(), options.begin(), options.end());
    const Outcome wrong = dpol(all);
    EXPECT_EQ(wrong.code, 64) << why;
    EXPECT_THAT(wrong.err, StartsWith("dpol: " + std::string(why)));
  };
  refuses({"--format", "jsno"}, "there is no format `jsno`; did you mean `json`?");
  refuses({"--format", "json="}, "--format `json=` names no file");
  refuses({"--format", "json", "--format", "pretty"}, "one report fits on standard output");
  refuses({"--format", "json=a", "--format", "pretty=a"}, "two reports for `a`");
  refuses({"--format", "json=a", "--format", "pretty=./b/../a"}, "two reports for `./b/../a`");
  refuses({"--format", "json=a", "--format", "pretty", "--output", "a"}, "two reports for `a`");
  refuses({"--format", "json=a", "--output", "b"}, "--output has no report to write");
  refuses({"--color", "sometimes"}, "--color is auto, always or never, not `sometimes`");
  refuses({"--message-format", "xml"}, "--message-format is text or json, not `xml`");
  refuses({"--fact", "service"}, "--fact `service`: expected a name, `=` and a value");
  refuses({"--set", "=1"}, "--set `=1`: expected a name, `=` and a value");
  refuses({"--at", "2025-02-13T14:05:00"}, "--at `2025-02-13T14:05:00`: expected ");
  refuses({"--stage-at", "noon"}, "--stage-at `noon`: expected ");
  refuses({"--deployed-at", ""}, "--deployed-at ``: expected ");
  refuses({"--facts", "-", "--metrics", "-"}, "standard input can be read only once");
  refuses({"--facts", "-", "--metrics", "p95.stable=-"}, "standard input can be read only once");
}

TEST_F(App, APolicyIsNeeded) {
  EXPECT_EQ(dpol({"check"}).code, 64);
  EXPECT_THAT(dpol({"check"}).err, StartsWith("dpol: which policy? POLICY is missing\n"));
  EXPECT_EQ(dpol({"disassemble"}).code, 64);
  EXPECT_EQ(dpol({"compile", write("a.dpol", "")}).code, 64);
  EXPECT_THAT(dpol({"compile", path("a.dpol")}).err, StartsWith("dpol: where to? -o FILE is missing\n"));
}

TEST_F(App, PoliciesThatCannotBeRead) {
  const Outcome missing = dpol({"check", path("none.dpol")});
  EXPECT_EQ(missing.code, 5);
  EXPECT_EQ(missing.out, "");
  EXPECT_THAT(missing.err, HasSubstr("none.dpol cannot be read: No such file or directory\n"));
  EXPECT_THAT(dpol({"check", path(".")}).err, HasSubstr("is a directory, not a file"));
  EXPECT_EQ(dpol({"check", path(".")}).code, 5);
}

TEST_F(App, ExplainsMessages) {
  for (const lang::DiagnosticInfo& info : lang::diagnostic_infos()) {
    const Outcome page = dpol({"explain", std::string(info.text)});
    EXPECT_EQ(page.code, 0) << info.text;
    EXPECT_THAT(page.out, HasSubstr(std::string(info.text)));
    EXPECT_EQ(page.err, "") << info.text;
  }
  EXPECT_EQ(dpol({"explain", "e0201"}).out, dpol({"explain", "E0201"}).out);
  const Outcome wrong = dpol({"explain", "E9999"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_EQ(wrong.out, "");
  EXPECT_THAT(wrong.err, StartsWith("dpol: there is no message `E9999`"));
  EXPECT_EQ(dpol({"explain"}).code, 64);
}

TEST_F(App, AnOutputThatCannotBeWrittenIsNoSuccess) {
  const Outcome full = dpol({"version"}, [](Console& console) { console.out.setstate(std::ios::badbit); });
  EXPECT_EQ(full.code, 74);
  EXPECT_EQ(full.err, "dpol: standard output cannot be written\n");
}

TEST_F(App, ADefectHasItsOwnCode) {
  struct Broken : std::streambuf {
    int overflow(int) override { throw std::logic_error("the sky fell"); }
  } broken;
  const Outcome defect = dpol({"version"}, [&](Console& console) {
    console.out.exceptions(std::ios::badbit);
    console.out.rdbuf(&broken);
  });
  EXPECT_EQ(defect.code, 70);
  EXPECT_THAT(defect.err, HasSubstr("a defect in dpol " + std::string(kVersion) + ": the sky fell\n"));
}

}  // namespace
}  // namespace dpol::cli

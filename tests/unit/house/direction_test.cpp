#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/unit/house/direction.h"

namespace dpol::house {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string to_text(const std::vector<Violation>& violations) {
  std::string text;
  for (const auto& violation : violations) {
    text += violation.file + ":" + std::to_string(violation.line) + ": " + violation.message + "\n";
  }
  return text;
}

TEST(Direction, OfTheSources) {
  const Findings findings = check_includes(DPOL_SOURCE_DIR);
  EXPECT_EQ(to_text(findings.violations), "");
  // A look at the wrong place would find nothing wrong either.
  for (const char* folder : {"lang/", "compiler/", "runtime/program/", "runtime/vm/",
                             "runtime/inputs/", "runtime/decision/", "runtime/reports/", "cli/"}) {
    EXPECT_THAT(findings.files, Contains(StartsWith(folder)));
  }
}

// A small tree of sources, each planted to keep or to break one rule.
class PlantedTree : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() /
            ("dpol-house-" + std::to_string(::getpid()) + "-" + test->name());
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void plant(const std::string& file, std::string_view text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  // What is said of one file that holds these lines and stands alone in the tree.
  std::string verdict(const std::string& file, std::string_view text) {
    plant(file, text);
    const Findings findings = check_includes(root_);
    fs::remove(root_ / file);
    return to_text(findings.violations);
  }

  fs::path root_;
};

TEST_F(PlantedTree, EmptyHasNoFiles) {
  const Findings findings = check_includes(root_);
  EXPECT_THAT(findings.files, IsEmpty());
  EXPECT_THAT(findings.violations, IsEmpty());
}

TEST_F(PlantedTree, LangAndRuntimeNeverMeet) {
  EXPECT_EQ(verdict("lang/a.cpp", "\n#include \"runtime/program/value.h\"\n"),
            "lang/a.cpp:2: lang includes runtime/program; it may include nothing\n");
  EXPECT_EQ(verdict("runtime/program/a.h", "#include \"lang/tree.h\"\n"),
            "runtime/program/a.h:1: runtime/program includes lang; it may include nothing\n");
  for (const char* folder : {"vm", "inputs", "decision", "reports"}) {
    const std::string file = "runtime/" + std::string(folder) + "/a.cpp";
    EXPECT_THAT(verdict(file, "#include <lang/tree.h>\n"), HasSubstr("includes lang")) << folder;
    EXPECT_THAT(verdict(file, "#include \"compiler/compile.h\"\n"), HasSubstr("includes compiler"))
        << folder;
  }
}

TEST_F(PlantedTree, NothingIncludesUpwards) {
  EXPECT_NE(verdict("compiler/a.cpp", "#include \"runtime/vm/vm.h\"\n"), "");
  EXPECT_NE(verdict("runtime/vm/a.cpp", "#include \"runtime/inputs/inputs.h\"\n"), "");
  EXPECT_NE(verdict("runtime/inputs/a.cpp", "#include \"runtime/decision/decide.h\"\n"), "");
  EXPECT_NE(verdict("runtime/decision/a.cpp", "#include \"runtime/reports/report.h\"\n"), "");
  EXPECT_NE(verdict("runtime/reports/a.cpp", "#include \"runtime/inputs/inputs.h\"\n"), "");
  EXPECT_NE(verdict("runtime/reports/a.cpp", "#include \"cli/main.h\"\n"), "");
  EXPECT_NE(verdict("cli/a.cpp", "#include \"tests/unit/house/direction.h\"\n"), "");
}

TEST_F(PlantedTree, WhatTheTableAllowsPasses) {
  EXPECT_EQ(verdict("compiler/lint/a.cpp",
                    "#include \"compiler/compile.h\"\n#include \"lang/tree.h\"\n"
                    "#include \"runtime/program/value.h\"\n#include <vector>\n"),
            "");
  EXPECT_EQ(verdict("runtime/vm/builtins/text.cpp",
                    "#include <re2/re2.h>\n#include \"runtime/vm/vm.h\"\n"
                    "#include \"runtime/program/program.h\"\n#include <unistd.h>\n"),
            "");
  EXPECT_EQ(verdict("cli/a.cpp",
                    "#include <CLI/CLI.hpp>\n#include <iostream>\n#include <spdlog/spdlog.h>\n"
                    "#include \"generated/version.h\"\n#include \"runtime/reports/report.h\"\n"),
            "");
}

TEST_F(PlantedTree, PackagesStayAtHome) {
  EXPECT_EQ(verdict("lang/lexer.cpp", "#include <tao/pegtl.hpp>\n"), "");
  EXPECT_EQ(verdict("lang/format.cpp", "#include <tao/pegtl.hpp>\n"),
            "lang/format.cpp:1: <tao/pegtl.hpp> belongs to lang/lexer.cpp, lang/parser.cpp\n");
  EXPECT_NE(verdict("lang/lexer.cpp.h", "#include <tao/pegtl.hpp>\n"), "");
  EXPECT_NE(verdict("runtime/decision/a.cpp", "#include <re2/re2.h>\n"), "");
  EXPECT_NE(verdict("runtime/vm/a.cpp", "#include <simdjson.h>\n"), "");
  EXPECT_NE(verdict("runtime/vm/a.cpp", "#include <nlohmann/json.hpp>\n"), "");
  EXPECT_NE(verdict("cli/a.cpp", "#include <yaml-cpp/yaml.h>\n"), "");
  EXPECT_NE(verdict("runtime/reports/a.cpp", "#include <spdlog/spdlog.h>\n"), "");
  EXPECT_NE(verdict("runtime/inputs/a.cpp", "#include <iostream>\n"), "");
  EXPECT_NE(verdict("compiler/a.cpp", "#include <CLI/CLI.hpp>\n"), "");
  EXPECT_NE(verdict("compiler/a.cpp", "#include <gtest/gtest.h>\n"), "");
}

TEST_F(PlantedTree, HeadersStayLight) {
  EXPECT_EQ(verdict("runtime/inputs/a.cpp", "#include <nlohmann/json.hpp>\n"), "");
  EXPECT_EQ(verdict("runtime/inputs/a.h", "#include <nlohmann/json.hpp>\n"),
            "runtime/inputs/a.h:1: <nlohmann/json.hpp> is too heavy for a header\n");
  EXPECT_NE(verdict("runtime/inputs/a.h", "#include <simdjson.h>\n"), "");
  EXPECT_NE(verdict("runtime/inputs/a.h", "#include <yaml-cpp/yaml.h>\n"), "");
  EXPECT_NE(verdict("runtime/vm/a.h", "#include <re2/re2.h>\n"), "");
  EXPECT_NE(verdict("cli/a.h", "#include <nlohmann/json.hpp>\n"), "");
}

TEST_F(PlantedTree, UnknownFoldersAndPackagesNeedARow) {
  EXPECT_EQ(verdict("runtime/extra/a.cpp", ""),
            "runtime/extra/a.cpp:1: lies in no folder that the house knows\n");
  EXPECT_NE(verdict("runtime/a.cpp", ""), "");
  EXPECT_NE(verdict("cli/a.cpp", "#include <boost/any.hpp>\n"), "");
  EXPECT_NE(verdict("cli/a.cpp", "#include \"../lang/tree.h\"\n"), "");
  EXPECT_NE(verdict("cli/a.cpp", "#include HEADER\n"), "");
}

TEST_F(PlantedTree, IncludesAreWrittenFromTheRoot) {
  plant("lang/tree.h", "");
  EXPECT_EQ(verdict("lang/a.cpp", "#include \"tree.h\"\n"),
            "lang/a.cpp:1: \"tree.h\" is to be written from the root\n");
  EXPECT_EQ(verdict("lang/a.cpp", "#include \"lang/tree.h\"\n"), "");
}

TEST_F(PlantedTree, EverySpellingOfAnIncludeIsRead) {
  for (const char* line :
       {"  #include \"lang/a.h\"", "#  include \"lang/a.h\"", "#include\"lang/a.h\"",
        "#include <lang/a.h>  // why", "\t# include\t<lang/a.h>"}) {
    EXPECT_NE(verdict("runtime/vm/a.cpp", line), "") << line;
    EXPECT_NE(verdict("runtime/vm/a.h", line), "") << line;
    EXPECT_NE(verdict("runtime/vm/a.def", line), "") << line;
  }
  EXPECT_EQ(verdict("runtime/vm/a.cpp", "// #include \"lang/a.h\"\nint includes;\n"), "");
}

TEST_F(PlantedTree, FindingsAreSorted) {
  plant("runtime/vm/b.cpp",
        "#include <re2/re2.h>\n\n#include \"lang/a.h\"\n#include \"cli/a.h\"\n");
  plant("compiler/a.cpp", "#include \"cli/a.h\"\n");
  const Findings findings = check_includes(root_);
  ASSERT_THAT(findings.violations, SizeIs(3));
  EXPECT_EQ(findings.violations[0].file, "compiler/a.cpp");
  EXPECT_EQ(findings.violations[1].line, 3U);
  EXPECT_EQ(findings.violations[2].line, 4U);
  EXPECT_THAT(findings.files, SizeIs(2));
}

}  // namespace
}  // namespace dpol::house

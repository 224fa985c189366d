// What the tests of inputs share: a program that declares one input of each type, documents as
// text, and what became of them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/load.h"
#include "tests/unit/support/program_builder.h"

namespace dpol::test {

inline const std::filesystem::path& data_folder() {
  static const std::filesystem::path kFolder =
      std::filesystem::path(DPOL_SOURCE_DIR) / "tests/data";
  return kFolder;
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The files of a folder, sorted.
inline std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                                   std::string_view suffix) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == suffix) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A release as policies see it. The metrics are given: Prometheus' answers depend on how many are.
inline program::Program release_program(
    std::initializer_list<std::pair<std::string_view, program::Type>> metrics) {
  using program::Kind;
  using program::Type;
  ProgramBuilder b;
  const Type environment = b.enumeration("environment", {"dev", "staging", "production"});
  const Type pods = b.row_table("pod", {{"name", Type::of(Kind::string)},
                                        {"restarts", Type::of(Kind::integer)},
                                        {"ready", Type::of(Kind::boolean)},
                                        {"image.size", Type::bytes()},
                                        {"load", Type::of(Kind::ratio)}});
  const Type regions = b.row_table("string", {{"", Type::of(Kind::string)}});
  const Type matrix = b.row_table("list of string", {{"", regions}});
  const Type limits =
      b.row_table("limit", {{"[key]", Type::of(Kind::string)}, {"", Type::duration()}}, true);
  b.tables().columns[0].optional = false;  // a pod's name
  b.tables().unit_names = {b.text("request")};

  b.fact("service", Type::of(Kind::string));
  b.fact("version", Type::of(Kind::semver));
  b.fact("environment", environment);
  b.fact("frozen", Type::of(Kind::boolean));
  b.fact("tests.failed", Type::of(Kind::integer));
  b.fact("tests.coverage", Type::of(Kind::ratio));
  b.fact("tests.report", Type::of(Kind::string), true);
  b.fact("score", Type::of(Kind::number));
  b.fact("drift", Type::of(Kind::points));
  b.fact("growth", Type::of(Kind::change));
  b.fact("timeout", Type::duration());
  b.fact("disk", Type::bytes());
  program::Dimension rate;
  program::Dimension::divide(program::Dimension::user(0), program::Dimension::duration(), rate);
  b.fact("load.rps", Type::quantity(rate));
  b.fact("deployed_at", Type::of(Kind::time));
  b.fact("pods", pods);
  b.fact("regions", regions);
  b.fact("matrix", matrix);
  b.fact("limits", limits);
  const auto cell = [&b](std::string_view value) {
    return ProgramBuilder::constant_cell(b.number(value));
  };
  b.input({.name = b.text("health"),
           .type = Type::of(Kind::number),
           .minimum = cell("0"),
           .maximum = cell("10"),
           .place = {}});
  for (const char* policy : {"checkout", "auth"}) {
    b.input({.kind = program::InputKind::parameter,
             .name = b.text(std::string(policy) + ".max_error_rate"),
             .type = Type::of(Kind::ratio),
             .fallback = cell("0.005"),
             .minimum = cell("0"),
             .maximum = cell("0.01"),
             .place = {}});
  }
  b.input({.kind = program::InputKind::parameter,
           .name = b.text("auth.grace"),
           .type = Type::duration(),
           .fallback = cell("60"),
           .place = {}});
  for (const auto& [name, type] : metrics) b.baseline(b.metric(name, type));

  program::Policy policy;
  policy.id = b.text("auth");
  program::Rollout rollout;
  rollout.name = b.text("canary");
  for (const char* name : {"10%", "50%", "75%", "green"}) {
    program::Stage stage;
    stage.name = b.text(name);
    rollout.stages.push_back(stage);
  }
  policy.rollouts.push_back(rollout);
  b.tables().policies.push_back(policy);
  return b.build();
}
inline program::Program release_program() {
  using program::Kind;
  using program::Type;
  return release_program({{"latency_p95", Type::duration()},
                          {"error_rate", Type::of(Kind::ratio)},
                          {"restarts", Type::of(Kind::integer)},
                          {"memory", Type::bytes()}});
}

// Loads documents against a program and looks at the outcome.
class Loading {
 public:
  explicit Loading(program::Program program = release_program()) : program_(std::move(program)) {}

  Loading& facts(std::string text, std::string name = "facts.json") {
    request_.facts.push_back({std::move(name), std::move(text)});
    return *this;
  }
  Loading& fact(std::string option) {
    request_.fact_options.push_back(std::move(option));
    return *this;
  }
  Loading& set(std::string option) {
    request_.set_options.push_back(std::move(option));
    return *this;
  }
  Loading& metrics(std::string text, std::string target = "", std::string name = "metrics.json") {
    request_.metrics.push_back({{std::move(name), std::move(text)}, std::move(target)});
    return *this;
  }
  inputs::LoadRequest& request() { return request_; }
  const program::Program& program() const { return program_; }

  // The errors as text, or "" and snapshot() and remarks() hold.
  std::string load() {
    inputs::LoadResult result = inputs::load(program_, request_);
    EXPECT_EQ(result.errors.empty(), result.loaded.has_value());
    errors_.clear();
    for (const auto& error : result.errors) {
      errors_ += (errors_.empty() ? "" : "\n") + error.to_text();
    }
    loaded_ = std::move(result.loaded);
    return errors_;
  }
  const vm::Snapshot& snapshot() const { return loaded_->snapshot; }
  const inputs::Remarks& remarks() const { return loaded_->remarks; }
  std::string notes() const {
    std::string text;
    for (const auto& note : remarks().notes) text += (text.empty() ? "" : "\n") + note.to_text();
    return text;
  }
  std::string unclaimed() const {
    std::string text;
    for (const auto* list : {&remarks().facts, &remarks().metrics}) {
      for (const auto& item : *list) text += (text.empty() ? "" : "\n") + item.to_text();
    }
    return text;
  }

  std::uint32_t input_index(std::string_view name, program::InputKind kind) const {
    for (std::uint32_t i = 0; i < program_.inputs.size(); ++i) {
      if (program_.inputs[i].kind == kind && program_.text(program_.inputs[i].name) == name)
        return i;
    }
    ADD_FAILURE() << "no such input: " << name;
    return 0;
  }
  // "0.3", "true", "text", "missing": an input's value as text. Lists as [a, b], maps {k: v}.
  std::string input(std::string_view name,
                    program::InputKind kind = program::InputKind::fact) const {
    const std::uint32_t index = input_index(name, kind);
    return text(program_.inputs[index].type, snapshot().inputs()[index]);
  }
  std::string text(const program::Type& type, program::Value value) const {
    if (value.is_unknown()) return program::fault_name(value.fault());
    switch (program::cell_class(type)) {
      case program::CellClass::number:
        return value.as_number().to_string();
      case program::CellClass::boolean:
        return value.is_true() ? "true" : "false";
      case program::CellClass::symbol:
        return snapshot().symbols().text(value.as_id());
      case program::CellClass::ordinal:
        return program_.text(program_.enumerations[type.index].members[value.as_id()]);
      case program::CellClass::semver:
        return snapshot().semvers()[value.as_id()].to_string();
      default:
        return rows(type, value);
    }
  }
  const vm::Series& series(std::uint32_t metric,
                           program::Track track = program::Track::candidate) const {
    return snapshot().series(ProgramBuilder::series(metric, track));
  }
  // The values of a series, oldest first: "0.268 0.272 not_a_number".
  std::string values(std::uint32_t metric, program::Track track = program::Track::candidate) const {
    std::string result;
    for (const program::Value value : series(metric, track).values) {
      result += (result.empty() ? "" : " ") + text(program_.metrics[metric].type, value);
    }
    return result;
  }

 private:
  std::string rows(const program::Type& type, program::Value value) const {
    const program::RowTable& table = program_.row_tables[type.index];
    std::string result = "[";
    for (std::uint32_t row = 0; row < value.row_count(); ++row) {
      result += row == 0 ? "" : ", ";
      for (std::uint32_t i = 0; i < table.column_count; ++i) {
        const std::uint32_t column = table.first_column + i;
        result += (i == 0 ? "" : " ") + text(program_.columns[column].type,
                                             snapshot().column(column)[value.first_row() + row]);
      }
    }
    return result + "]";
  }

  program::Program program_;
  inputs::LoadRequest request_;
  std::optional<inputs::Loaded> loaded_;
  std::string errors_;
};

}  // namespace dpol::test

// FactBinder: facts and parameters given by documents and options, bound to the inputs that a
// Program declares.
//
// Rules
//  - A document is a map; a fact is found by its path, level by level ({"tests": {"failed": 0}}) or
//    with the levels in one key ({"tests.failed": 0}).
//  - null and absence are the same: unknown, or `absent` where the fact is optional. Of several
//    documents the later wins, fact by fact, also with a null.
//  - Facts that nothing declares are remarked upon, with the nearest declared name.
//  - Anything that is not of its declared type is an error; so nothing is decided with it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/path_tree.h"
#include "runtime/inputs/remarks.h"
#include "runtime/inputs/value_reader.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::inputs {

class FactBinder {
 public:
  FactBinder(const program::Program& program, vm::SnapshotBuilder& builder, InputErrors& errors,
             Remarks& remarks);

  // `index` is the snapshot's number of the document, `name` its name without secrets.
  void bind_document(const Document& document, std::uint32_t index, std::string_view name);
  // A document of a source, and the last of its lines, as lines of the facts count on from one
  // document to the next.
  struct Part {
    std::uint32_t index = 0;
    std::string name;
    std::uint32_t last_line = 0;
  };
  // What the documents of a source brought. The last part is the only one, or stands for all.
  void bind_source(std::string_view source, const Document& facts, std::vector<Part> parts);
  // `--fact path=text`; lists and maps as JSON.
  void bind_fact(std::string_view path, std::string_view text, std::uint32_t index,
                 std::string_view name);
  // `--set name=text`; any unambiguous tail of policy.parameter.
  void bind_parameter(std::string_view name, std::string_view text, std::uint32_t index);

  // The names of all declared facts.
  const std::vector<std::string>& fact_names() const { return fact_names_; }
  // Whether a map's first keys are declared facts: for telling what a misplaced document is.
  bool looks_like_facts(NodeRef root) const;

 private:
  // What a map's entries are put into: the inputs, or one row of a table.
  class Target;
  class InputTarget;
  class RowTarget;

  void bind_map(NodeRef map, const PathTree& tree, Target& target);
  void bind_entry(NodeRef entry, const PathTree& tree, Target& target);
  // Where a line is: in which document, and which line of that.
  struct Place {
    std::uint32_t document = 0;
    const std::string& file;
    std::uint32_t line = 0;
  };

  void begin_document(std::uint32_t index, std::string_view name);
  Place place(std::uint32_t line) const;
  void remark_unclaimed(NodeRef entry, const PathTree& tree);
  program::Value read(const program::Type& type, NodeRef node, std::uint32_t input);
  program::Value read_rows(const program::Type& type, NodeRef node, std::uint32_t input);
  void read_row(const program::RowTable& table, const PathTree& tree, NodeRef element,
                std::uint32_t input, std::vector<program::Value>& row);
  void check_ratio(const program::Type& type, program::Value value, std::uint32_t line);
  void check_range(std::uint32_t input, program::Value value, std::uint32_t line);
  void bind_text(std::uint32_t input, std::string_view text);
  void set_parameter(std::uint32_t input, std::string_view text);
  const PathTree& columns_of(std::uint16_t table);
  void fail(std::uint32_t line, Mismatch mismatch);
  std::optional<std::uint32_t> find_parameter(std::string_view name);

  const program::Program& program_;
  vm::SnapshotBuilder& builder_;
  InputErrors& errors_;
  Remarks& remarks_;
  ValueReader values_;
  PathTree facts_;
  std::vector<std::string> fact_names_;
  std::vector<std::string> known_paths_;  // fact names and the records they stand in
  std::map<std::uint16_t, PathTree> columns_;

  // Of the document being bound.
  std::string file_;
  std::uint32_t document_ = 0;
  std::vector<Part> parts_;  // of a source of several documents
  PathStack path_;
  std::map<std::uint32_t, std::uint32_t> lines_;  // where each input was bound
  std::set<std::string> unclaimed_;               // said already, indices aside
};

}  // namespace dpol::inputs

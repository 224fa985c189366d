// What `atlas migrate status` and `atlas migrate apply` print with `--format '{{ json . }}'`. Lists
// that are empty are left out. A file that failed half way is written down as applied, with fewer
// statements than it has, and is pending besides; where the database rolls back, it is pending
// alone.

#include <algorithm>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/migrations.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

bool is_atlas_status(NodeRef root) {
  return entry(root, "Env") && !text_at(root, "Status").empty();
}

// `atlas schema apply` has changes in place of files.
bool is_atlas_apply(NodeRef root) {
  return !text_at(root, "Driver").empty() && !text_at(root, "Start").empty() &&
         !text_at(root, "End").empty() && !entry(root, "Changes");
}

template <class Visit>
void each_in(NodeRef root, std::string_view key, const Visit& visit) {
  const auto list = list_at(root, key);
  if (!list) return;
  for (const NodeRef one : *list) visit(one);
}

// By their versions, which differ; a revision has no file's name.
class AtlasFiles {
 public:
  explicit AtlasFiles(NodeRef root) {
    for (const char* const key : {"Available", "Pending"}) {
      each_in(root, key,
              [&](NodeRef one) { names_[text_at(one, "Version")] = text_at(one, "Name"); });
    }
  }
  std::string_view name(NodeRef revision) const {
    const auto found = names_.find(text_at(revision, "Version"));
    return found == names_.end() ? text_at(revision, "Description") : found->second;
  }
  bool has(NodeRef revision) const { return names_.contains(text_at(revision, "Version")); }

 private:
  std::map<std::string_view, std::string_view> names_;
};

bool is_partial(NodeRef revision) {
  const auto applied = count_at(revision, "Applied").value_or(0);
  return applied < count_at(revision, "Total").value_or(0) || !text_at(revision, "Error").empty();
}

// Later states replace earlier ones: what is available is ignored, unless it is pending or applied.
void atlas_status(NodeRef root, Migrations& out) {
  for (const char* const state : {"applied", "pending", "failed", "missing", "ignored"})
    out.knows_all_of(state);
  out.lists(true);
  const AtlasFiles files(root);
  const auto add = [&](NodeRef one, std::string_view state) {
    out.add(text_at(one, "Version"), files.name(one), state, one.line());
  };
  each_in(root, "Available", [&](NodeRef one) { add(one, "ignored"); });
  each_in(root, "Pending", [&](NodeRef one) { add(one, "pending"); });
  bool dirty = !text_at(root, "Error").empty();
  std::string_view current;
  each_in(root, "Applied", [&](NodeRef one) {
    const bool partial = is_partial(one);
    dirty = dirty || partial;
    // A baseline stands for what was there before the first file.
    const bool baseline = text_at(one, "Type").find("baseline") != std::string_view::npos;
    const bool gone = !files.has(one) && !baseline;
    add(one, partial ? "failed" : gone ? "missing" : "applied");
    // Where there is none the tool says so in words.
    if (text_at(one, "Version") == text_at(root, "Current")) current = text_at(one, "Version");
  });
  out.set_dirty(dirty);
  out.set_current(current);
}

// What one run did. A run with an error reads the same whether the database rolled back the files
// before it, and the half of the one that failed, or not; one with a limit says nothing of the
// files that it left out.
void atlas_apply(NodeRef root, Migrations& out) {
  const AtlasFiles files(root);
  const auto add = [&](NodeRef one, std::string_view state) {
    out.add(text_at(one, "Version"), files.name(one), state, one.line());
  };
  bool named = false;
  each_in(root, "Pending", [&](NodeRef one) { add(one, "pending"); });
  each_in(root, "Applied", [&](NodeRef one) {
    const bool broke = entry(one, "Error").has_value();
    add(one, broke ? "failed" : "applied");
    named = named || broke;
  });
  // Nothing to do: then nothing is pending.
  if (!list_at(root, "Pending")) out.knows_all_of("pending");
  if (named || !text_at(root, "Error").empty()) {
    // An error of no file: of a commit, or of a check before the first one.
    if (!named) out.add_unlisted("failed", 1);
    out.knows_nothing_of({"applied", "pending"});
    return out.lists(false);
  }
  out.set_dirty(false);
  const std::string_view target = text_at(root, "Target");
  out.set_current(target.empty() ? text_at(root, "Current") : target);
}

}  // namespace

bool recognise_atlas(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr &&
         (is_atlas_status(document->root()) || is_atlas_apply(document->root()));
}

void read_atlas(const Documents& documents, Facts& facts) {
  Migrations migrations;
  // Until a status says more: a run tells of its own files alone.
  migrations.knows_nothing_of({"applied", "pending", "missing", "ignored"});
  migrations.lists(false);
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (!is_atlas_status(root)) {
      atlas_apply(root, migrations);
      continue;
    }
    const std::string_view status = text_at(root, "Status");
    const bool pending = status == "PENDING";
    if (!pending && status != "OK") {
      return documents.fail(file, entry(root, "Status")->line(), "`OK` or `PENDING` as status",
                            "`" + std::string(status) + "`");
    }
    if (pending != list_at(root, "Pending").has_value()) {
      return documents.fail(file, entry(root, "Status")->line(),
                            "files in `Pending` where the status is `PENDING`, and none else",
                            pending ? "none" : "files");
    }
    atlas_status(root, migrations);
  }
  migrations.write(facts);
}

}  // namespace dpol::sources

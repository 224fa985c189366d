#include "runtime/inputs/sign_offs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/inputs/document.h"
#include "runtime/inputs/json.h"
#include "runtime/inputs/nearest.h"
#include "runtime/inputs/redact.h"
#include "runtime/program/items.h"
#include "runtime/program/time_text.h"

namespace dpol::inputs {
namespace {

using program::SignOff;

constexpr std::size_t kMostSignOffs = 100'000;

class Reader {
 public:
  Reader(const program::Program& program, const InputFile& file)
      : program_(program), file_(file), name_(redact(file.name)) {}

  SignOffs read() {
    errors_.begin(file_.name);
    Document tree;
    SyntaxFault fault;
    if (file_.bytes.size() > kMaxDocumentBytes) {
      fail(0, "", {}, "is larger than " + std::to_string(kMaxDocumentBytes >> 20) + " MiB");
    } else if (!JsonReader().read(file_.bytes, tree, fault)) {
      fail(fault.line, "", {}, fault.text);
    } else {
      read_root(tree.root());
    }
    SignOffs out;
    out.errors = errors_.take();
    if (out.errors.empty()) out.sign_offs = std::move(sign_offs_);
    return out;
  }

 private:
  void fail(std::uint32_t line, std::string path, std::string expected, std::string found,
            std::string hint = {}) {
    errors_.add({.file = {},
                 .line = line,
                 .path = std::move(path),
                 .expected = std::move(expected),
                 .found = std::move(found),
                 .hint = std::move(hint)});
  }

  void read_root(NodeRef root) {
    std::optional<NodeRef> list = root;
    if (root.is(NodeKind::map)) list = root.find("sign_offs");
    if (!list || !list->is(NodeKind::list)) {
      return fail(root.line(), "", "a list of sign-offs, or an object whose `sign_offs` is one",
                  "something else");
    }
    if (list->size() > kMostSignOffs) {
      return fail(list->line(), "", {},
                  "holds more than " + std::to_string(kMostSignOffs) + " sign-offs");
    }
    for (const NodeRef entry : *list) read_entry(entry);
  }

  // A text that must be there, or may be left out.
  bool text(NodeRef entry, std::string_view key, bool needed, std::string& into) {
    const std::optional<NodeRef> node = entry.find(key);
    if (!node || node->is(NodeKind::null)) {
      if (needed) fail(entry.line(), entry.pointer(), "`" + std::string(key) + "`", "none");
      return !needed;
    }
    if (!node->is(NodeKind::string) || (needed && node->text().empty())) {
      fail(node->line(), node->pointer(), "a text",
           node->is(NodeKind::string) ? "an empty one" : "something else");
      return false;
    }
    into = node->text();
    return true;
  }

  bool known_keys(NodeRef entry) {
    static const std::vector<std::string> kKeys = {
        "item", "service", "version", "environment", "stage", "by", "role", "answer", "note", "at"};
    bool known = true;
    for (const NodeRef field : entry) {
      if (std::ranges::find(kKeys, field.key()) != kKeys.end()) continue;
      fail(field.line(), entry.pointer(), {}, "has no field " + in_quotes(field.key()),
           did_you_mean(field.key(), kKeys));
      known = false;
    }
    return known;
  }

  void read_entry(NodeRef entry) {
    if (!entry.is(NodeKind::map))
      return fail(entry.line(), entry.pointer(), "a sign-off: an object", "something else");
    if (!known_keys(entry)) return;
    SignOff sign_off;
    std::string answer = "confirm";
    std::string at;
    const std::pair<const char*, std::string*> needed[] = {
        {"item", &sign_off.item}, {"by", &sign_off.by}, {"at", &at}};
    const std::pair<const char*, std::string*> optional[] = {{"service", &sign_off.service},
                                                             {"version", &sign_off.version},
                                                             {"environment", &sign_off.environment},
                                                             {"stage", &sign_off.stage},
                                                             {"role", &sign_off.role},
                                                             {"note", &sign_off.note},
                                                             {"answer", &answer}};
    for (const auto& [key, into] : needed) {
      if (!text(entry, key, true, *into)) return;
    }
    for (const auto& [key, into] : optional) {
      if (!text(entry, key, false, *into)) return;
    }
    const auto said = program::find_answer(answer);
    if (!said) {
      return fail(entry.find("answer")->line(), entry.pointer() + "/answer",
                  "confirm, refuse or not_applicable; or proceed, hold or rollback",
                  in_quotes(answer));
    }
    sign_off.answer = *said;
    program::TextError error;
    if (!program::parse_time(at, program::Zoneless::error, sign_off.at, error)) {
      return fail(entry.find("at")->line(), entry.pointer() + "/at",
                  "a time, as in 2025-02-13T14:05:00Z", in_quotes(at));
    }
    sign_off.source = name_ + ":" + std::to_string(entry.line());
    add(entry, std::move(sign_off));
  }

  void add(NodeRef entry, SignOff sign_off) {
    const std::vector<program::ItemRef> items = program::find_items(program_, sign_off.item);
    const std::uint32_t line = entry.find("item")->line();
    if (items.empty()) {
      return fail(line, entry.pointer() + "/item", "an item that asks for a sign-off",
                  in_quotes(sign_off.item),
                  did_you_mean(sign_off.item, program::item_names(program_)));
    }
    if (items.size() > 1) {
      std::vector<std::string> ids;
      for (const program::ItemRef item : items) ids.push_back(program_.text(rule(item).id));
      return fail(line, entry.pointer() + "/item", {},
                  in_quotes(sign_off.item) + " is several items", "say which: " + listed(ids));
    }
    const program::Rule& item = rule(items.front());
    sign_off.item = program_.text(item.id);
    if (const auto why = program::refusal(program_, item, sign_off)) {
      return fail(entry.line(), entry.pointer(), {},
                  sign_off.item + " cannot be signed so: " + printable(*why));
    }
    sign_offs_.push_back(std::move(sign_off));
  }

  const program::Rule& rule(program::ItemRef item) const {
    return program_.policies[item.policy].rules[item.rule];
  }

  const program::Program& program_;
  const InputFile& file_;
  std::string name_;
  InputErrors errors_;
  std::vector<SignOff> sign_offs_;
};

}  // namespace

SignOffs read_sign_offs(const program::Program& program, const InputFile& file) {
  return Reader(program, file).read();
}

}  // namespace dpol::inputs

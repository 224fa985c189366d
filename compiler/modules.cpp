#include "compiler/modules.h"

#include <algorithm>
#include <utility>

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool absolute = path.starts_with('/');
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    const bool climbs = part == "..";
    if (climbs && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!climbs || !absolute) {
      parts.push_back(part);
    }
  }
  std::string normal = absolute ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) normal.append(i == 0 ? "" : "/").append(parts[i]);
  return normal;
}

std::string relative_path(std::string_view from, std::string_view path) {
  if (path.starts_with('/')) return normal_path(path);
  const std::size_t slash = from.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : from.substr(0, slash + 1));
  return normal_path(folder + std::string(path));
}

void Modules::load() {
  for (const SourceText& entry : options_.entries) {
    if (!by_path_.contains(normal_path(entry.name))) add(entry.name, entry.text, true);
  }
  const std::size_t entries = modules_.size();
  for (std::size_t i = 0; i < entries; ++i) {
    if (states_[i] == State::waiting) load_imports(i);
  }
  load_schemas();
}

// They import nothing and name no files, so they come last.
void Modules::load_schemas() {
  const std::size_t files = modules_.size();
  for (std::size_t i = 0; i < files; ++i) {
    for (const auto& declaration : ast::File(*modules_[i].syntax).declarations()) {
      const auto source = declaration.as<ast::Source>();
      if (!source || source.has_error()) continue;
      const std::string name(source.format().text());
      const auto format = std::ranges::find(options_.source_formats, name, &SourceFormat::name);
      if (format == options_.source_formats.end() || format->schema.empty()) continue;
      if (schemas_.contains(name)) continue;
      // Formats that bring the same facts share a schema, and so its types.
      const auto same = std::ranges::find_if(schemas_, [&](const auto& one) {
        return modules_[one.second].syntax->source.text() == format->schema;
      });
      const std::size_t index =
          same != schemas_.end() ? same->second : add("schema of " + name, std::string(format->schema), false);
      modules_[index].is_schema = true;
      schemas_.emplace(name, index);
    }
  }
}

std::optional<std::size_t> Modules::schema(std::string_view format) const {
  const auto found = schemas_.find(format);
  return found == schemas_.end() ? std::nullopt : std::optional(found->second);
}

bool Modules::has_syntax_errors() const {
  return std::ranges::any_of(modules_, [](const Module& module) { return !module.syntax->ok(); });
}

std::size_t Modules::add(std::string file, std::string text, bool entry) {
  const std::size_t index = modules_.size();
  by_path_.emplace(normal_path(file), index);
  bytes_ += text.size();
  Module& module = modules_.emplace_back();
  module.syntax = lang::parse(std::move(file), std::move(text));
  module.entry = entry;
  states_.push_back(State::waiting);
  for (const auto& declaration : ast::File(*module.syntax).declarations()) {
    if (const auto named = declaration.as<ast::Module>()) module.name = named.path().joined();
  }
  return index;
}

void Modules::load_imports(std::size_t module) {
  states_[module] = State::loading;
  loading_.push_back(module);
  for (const auto& declaration : ast::File(*modules_[module].syntax).declarations()) {
    const auto import = declaration.as<ast::Import>();
    if (import && !import.has_error()) load_import(module, import);
  }
  loading_.pop_back();
  states_[module] = State::done;
}

void Modules::load_import(std::size_t module, const ast::Import& import) {
  const auto target = find(module, import);
  if (!target) return;
  const Place place = modules_[module].place(import);
  if (states_[*target] == State::loading) return report_cycle(place, *target);
  check_name(module, import, *target);

  ImportedModule imported{*target, {}, place};
  if (import.alias()) {
    imported.alias = import.alias().text();
  } else {
    const std::string& name = modules_[*target].name;
    imported.alias = name.substr(name.rfind('.') + 1);
  }
  modules_[module].imports.push_back(std::move(imported));
  if (states_[*target] == State::waiting) load_imports(*target);
}

void Modules::report_cycle(const Place& place, std::size_t target) {
  const auto first = std::ranges::find(loading_, target);
  std::string chain;
  for (auto at = first; at != loading_.end(); ++at) {
    chain += modules_[*at].syntax->source.name() + " -> ";
  }
  chain += modules_[target].syntax->source.name();
  sink_
      .report(Code::E0308, place, "files import each other in a circle: " + chain,
              "this import closes the circle")
      .suggest("move what both need into a file of its own, and import that");
}

void Modules::check_name(std::size_t importer, const ast::Import& import, std::size_t target) {
  if (!import.path() || modules_[target].name == import.path().joined()) return;
  const Module& found = modules_[target];
  auto& diagnostic = sink_.report(
      Code::E0319, modules_[importer].place(import.path()),
      found.syntax->source.name() +
          (found.name.empty() ? " does not say that it is module " + quoted(import.path().joined())
                              : " is module " + quoted(found.name)),
      "imported by this name");
  diagnostic.suggest("begin that file with `module " + import.path().joined() + "`");
}

std::optional<std::size_t> Modules::find(std::size_t module, const ast::Import& import) {
  const Place place = modules_[module].place(import);
  std::vector<std::string> candidates;
  if (const auto file = import.file()) {
    const auto text = file.plain_text();
    if (!text) {
      sink_.report(Code::E0307, place, "the name of an imported file has no holes");
      return std::nullopt;
    }
    if (std::ranges::any_of(*text, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      sink_.report(Code::E0307, place, "the name of an imported file has no control characters");
      return std::nullopt;
    }
    candidates.push_back(relative_path(modules_[module].syntax->source.name(), *text));
  } else {
    std::string file_name = import.path().joined();
    std::ranges::replace(file_name, '.', '/');
    for (const std::string& folder : options_.policy_paths) {
      candidates.push_back(normal_path(folder + "/" + file_name + ".dpol"));
    }
    // Entries count too, so that modules can be compiled together without a path to any.
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      if (modules_[i].name == import.path().joined()) return i;
    }
  }
  for (const std::string& candidate : candidates) {
    if (const auto found = find_file(candidate)) return found;
  }
  if (!import.file()) {
    if (const auto found = find_in_library(import.path().joined())) return found;
  }
  if (modules_.size() >= kMaxFiles || bytes_ >= kMaxTotalBytes) {
    sink_.report(Code::E0318, place,
                 "more than " + std::to_string(kMaxFiles) + " files, or more text than fits",
                 "this import is not read");
    return std::nullopt;
  }
  auto& diagnostic =
      sink_.report(Code::E0307, place,
                   import.file() ? "there is no file " + quoted(candidates.front())
                                 : "module " + quoted(import.path().joined()) + " is not found",
                   "imported here");
  if (!import.file() && candidates.empty()) {
    diagnostic.suggest("say where modules are: `--policy-path FOLDER`");
  } else if (!import.file()) {
    diagnostic.suggest("looked for " + list_of(candidates));
  }
  return std::nullopt;
}

std::optional<std::size_t> Modules::find_file(const std::string& path) {
  if (const auto known = by_path_.find(path); known != by_path_.end()) return known->second;
  if (!options_.read_file || modules_.size() >= kMaxFiles || bytes_ >= kMaxTotalBytes) {
    return std::nullopt;
  }
  auto text = options_.read_file(path);
  if (!text) return std::nullopt;
  return add(path, std::move(*text), false);
}

std::optional<std::size_t> Modules::find_in_library(const std::string& module) {
  if (!options_.library || modules_.size() >= kMaxFiles || bytes_ >= kMaxTotalBytes) {
    return std::nullopt;
  }
  auto found = options_.library(module);
  if (!found) return std::nullopt;
  if (const auto known = by_path_.find(normal_path(found->name)); known != by_path_.end())
    return known->second;
  return add(std::move(found->name), std::move(found->text), false);
}

}  // namespace dpol::compiler

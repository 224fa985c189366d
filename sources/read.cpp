#include "sources/read.h"

#include <algorithm>

namespace dpol::sources {
namespace {

constexpr FormatInfo kFormats[] = {
#define DPOL_SOURCE_FORMAT(name, schema, doc, expected) \
  {#name, #schema, doc, expected, recognise_##name, read_##name},
#include "sources/formats.def"
};

void fail_with(inputs::InputErrors& errors, std::uint32_t line, std::string path,
               std::string expected, std::string found, std::string hint) {
  inputs::InputError error;
  error.line = line;
  error.path = std::move(path);
  error.expected = std::move(expected);
  error.found = std::move(found);
  error.hint = std::move(hint);
  errors.add(std::move(error));
}

bool check_recognised(const FormatInfo& format, Opened& file, inputs::InputErrors& errors) {
  errors.begin(file.name());
  const bool recognised = format.recognise(file);
  // Of a document that is broken off the beginning may be recognised.
  if (!file.fault().text.empty()) {
    fail_with(errors, file.fault().line, "", "", file.fault().text, "");
    return false;
  }
  if (recognised) return true;
  std::string hint = inputs::shape_hint(file.shape());
  for (const FormatInfo& other : formats()) {
    if (other.schema.empty() || other.name == format.name || !other.recognise(file)) continue;
    hint = "it is a document of format `" + std::string(other.name) + "`";
    break;
  }
  fail_with(errors, 0, "", std::string(format.expected),
            inputs::shape_text(file.shape(), file.bytes()), hint);
  return false;
}

}  // namespace

void Documents::fail(const Opened& file, std::uint32_t line, std::string expected,
                     std::string found, std::string path) const {
  errors.begin(file.name());
  line -= std::min(line, file.lines_before());
  fail_with(errors, line, std::move(path), std::move(expected), std::move(found), "");
}

void Documents::refuse_more_than(std::size_t most, std::string_view what) const {
  fail(files.back(), 0, "at most " + std::to_string(most) + " " + std::string(what), "more");
}

std::span<const FormatInfo> formats() { return kFormats; }

const FormatInfo* find_format(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &FormatInfo::name);
  return found == std::end(kFormats) ? nullptr : &*found;
}

std::optional<inputs::Document> read(const FormatInfo& format, std::vector<inputs::InputFile> files,
                                     const SourceSettings& settings,
                                     inputs::InputErrors& errors) {
  std::vector<Opened> opened;
  bool sound = true;
  std::uint32_t lines = 0;
  for (inputs::InputFile& file : files) {
    const std::uint32_t own = inputs::count_lines(file.bytes);
    opened.emplace_back(std::move(file), lines);
    lines += own;
    sound = check_recognised(format, opened.back(), errors) && sound;
  }
  if (!sound) return std::nullopt;
  inputs::Document document;
  Facts facts(document);
  const std::size_t before = errors.count();
  format.read({opened, settings.fields, settings.options, errors}, facts);
  if (const auto fault = facts.finish()) fail_with(errors, 0, "", "", *fault, "");
  if (errors.count() != before) return std::nullopt;
  return document;
}

const FormatInfo* recognise(const inputs::InputFile& file) {
  Opened opened(file);
  for (const FormatInfo& format : formats()) {
    if (!format.schema.empty() && format.recognise(opened)) return &format;
  }
  return nullptr;
}

}  // namespace dpol::sources

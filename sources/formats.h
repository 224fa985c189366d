// The formats of sources: formats.def as code. Each has a file of its own.
//
// A reader turns documents of one format into the facts of the format's schema and nothing else: a
// map as `--facts` would have it, so that types, units and ranges are looked at in one place. What
// a document does not say is left out or null, and so unknown, unless absence means something in
// that format: then the reader says what.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "sources/facts.h"
#include "sources/opened.h"
#include "sources/schemas.h"

namespace dpol::sources {

// Where a fact stands in a document, of a format that leaves that to the policy.
struct FieldPlace {
  std::string fact;
  std::string at;    // a JSON pointer
  std::string unit;  // of a number there; "": as it is
};

// What the policy or the command line says of the source (options.def).
struct OptionValue {
  std::string name;
  std::string file;  // "": a text
  std::string text;  // or what the file holds
};

// Documents of one format, each recognised: at least one, in the order in which they were named.
struct Documents {
  std::vector<Opened>& files;
  std::span<const FieldPlace> fields;
  std::span<const OptionValue> options;
  inputs::InputErrors& errors;

  // An error of that document; its line counts as those of the facts do.
  void fail(const Opened& file, std::uint32_t line, std::string expected, std::string found,
            std::string path = {}) const;
  // All of them together hold more than can be read.
  void refuse_more_than(std::size_t most, std::string_view what) const;
};

#define DPOL_SOURCE_FORMAT(name, schema, doc, expected) \
  bool recognise_##name(Opened& file);                  \
  void read_##name(const Documents& documents, Facts& facts);
#include "sources/formats.def"

struct FormatInfo {
  std::string_view name;
  std::string_view schema;  // the name of its file; "": the policy says where its facts stand
  std::string_view doc;
  std::string_view expected;
  bool (*recognise)(Opened&);
  void (*read)(const Documents&, Facts&);
};
std::span<const FormatInfo> formats();
const FormatInfo* find_format(std::string_view name);

}  // namespace dpol::sources

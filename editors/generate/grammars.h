// Editor grammars: the files that colour dpol in editors, made from hand-written templates and the
// table of words.
//
// Promises
//  - A word's spelling, category and reach come from lang/token_kinds.def alone, the names of
//    aggregates and functions from their tables: a template names the group and not its words.
//  - Pure: the same tables and templates give the same bytes; nothing is written.
//
// A template is copied but for what stands in {{ }}:
//   {{or SELECTOR…}}            spellings of the selected words, between them "|"
//   {{each PATTERN SELECTOR…}}  likewise, every spelling put in the place of PATTERN's "@"
//   {{word KIND}}               the spelling of one row
//   {{aggregates}}, {{functions}}  names of those tables, between them "|"
//   {{NAME}}                    a piece that the .parts file defines by NAME = TEXT
// A selector is a reach (plain, contextual, reserved) or a category (Verb, Clause, …). Of several
// reaches, or of several categories, one must fit.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dpol::editors {

struct GrammarFile {
  std::string path;  // from the root of the repository
  std::string text;
};

struct Grammars {
  std::vector<GrammarFile> files;
  std::vector<std::string> problems;  // one line each: what is wrong with which template
};

// Reads the templates below `root` and makes every file from them.
Grammars make_grammars(const std::filesystem::path& root);

}  // namespace dpol::editors

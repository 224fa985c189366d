// What all pages have in common: one HTML file each, without a script, that loads nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dpol::html {

// Between tags and inside of quoted attributes. The text is one line without control characters.
std::string escaped(std::string_view text);

// An escaped id or path that may break at its joints.
std::string breakable(std::string_view escaped);

// <name>content</name>
std::string element(std::string_view name, std::string_view content);

// Texts are escaped.
struct Head {
  std::string title{};
  std::string subject{};  // what the page shows, for "Skip to the …"
  std::string_view style{};  // more than all pages have
};
// From the doctype to the beginning of the body, with a link to the element of the id `main`.
std::string head(const Head& head);

// Cells are HTML; `about` and columns are escaped texts. The first cell of a row heads it. A wide table
// is scrolled by itself, also with the keyboard. On a narrow screen rows become lists of labelled cells;
// as browsers then forget that it is a table, the roles say so.
struct Table {
  std::string about{};
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
};
std::string table(const Table& table);

}  // namespace dpol::html

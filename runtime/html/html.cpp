#include "runtime/html/html.h"

#include <cstddef>

#include "runtime/html/style.h"

namespace dpol::html {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string breakable(std::string_view escaped) {
  std::string out;
  for (const char c : escaped) {
    out += c;
    if (c == '.' || c == '/' || c == '_') out += "<wbr>";
  }
  return out;
}

std::string element(std::string_view name, std::string_view content) {
  return std::string("<").append(name).append(">").append(content).append("</").append(name).append(">");
}

std::string head(const Head& head) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<title>" + head.title + "</title>\n<style>\n";
  out += std::string(kStyle).append(head.style) + "</style>\n</head>\n<body>\n";
  return out + "<a class=\"skip\" href=\"#main\">Skip to the " + head.subject + "</a>\n";
}

std::string table(const Table& table) {
  std::string out = "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"" + table.about +
                    "\">\n<table role=\"table\">\n<thead role=\"rowgroup\"><tr role=\"row\">";
  for (const std::string& column : table.columns) out += "<th role=\"columnheader\" scope=\"col\">" + column + "</th>";
  out += "</tr></thead>\n<tbody role=\"rowgroup\">\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr role=\"row\">";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0) {
        out += "<th role=\"rowheader\" scope=\"row\">" + row[i] + "</th>";
      } else {
        out += "<td role=\"cell\" data-label=\"" + table.columns[i] + "\">" +
               (row[i].empty() ? "" : element("span", row[i])) + "</td>";
      }
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</div>\n";
}

}  // namespace dpol::html

#include "reports/plots/svg.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "reports/plots/characters.h"
#include "reports/plots/markup.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr std::size_t kStyles = 8;
constexpr double kTitleSize = 15;
constexpr double kTitleLine = 20;
constexpr std::size_t kMaxTitleLines = 3;
constexpr double kSide = 8;
// Of bold letters to others.
constexpr double kBoldWidth = 1.13;

// After Okabe and Ito ("Color Universal Design", 2008), darkened until each has
// a contrast of 3:1 or more to white.
constexpr std::array<absl::string_view, kStyles> kColours = {
    "#0072b2", "#c04d00", "#007a5a", "#a3487f",
    "#8a6500", "#2a86b8", "#222222", "#6b6b6b"};

constexpr std::array<absl::string_view, kStyles> kDashes = {
    "", "7 3", "2 3", "9 3 2 3", "14 4", "5 2 1 2", "9 3 2 3 2 3", "1 5"};

constexpr absl::string_view kInkColour = "#1a1a1a";
constexpr absl::string_view kMutedColour = "#595959";

// Two decimals at most.
std::string Number(double value) {
  std::string text = FixedText(value, 2);
  absl::string_view shown = text;
  while (absl::ConsumeSuffix(&shown, "0")) {
  }
  absl::ConsumeSuffix(&shown, ".");
  return std::string(shown);
}

std::string PathData(absl::Span<const Point> points) {
  std::string data;
  for (const Point& point : points) {
    absl::StrAppend(&data, data.empty() ? "M" : "L", Number(point.x), " ",
                    Number(point.y));
  }
  return data;
}

std::string PathElement(absl::string_view data, absl::string_view attributes) {
  return absl::StrCat("<path d=\"", data, "\" ", attributes, "/>\n");
}

// Relative to the marker's middle, closed where `is_filled` may fill them.
struct Shape {
  absl::string_view path;
  bool is_open = false;
};

constexpr std::array<Shape, kStyles> kShapes = {{
    {"m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"},
    {"m-3.5 -3.5h7v7h-7z"},
    {"m0 -4.5l4.5 8h-9z"},
    {"m0 -5l5 5l-5 5l-5 -5z"},
    {"m-3.5 -3.5l7 7m0 -7l-7 7", true},
    {"m0 4.5l4.5 -8h-9z"},
    {"m-4.5 0h9m-4.5 -4.5v9", true},
    {"m-4.5 -2h9v4h-9z"},
}};

std::vector<std::string> TitleLines(absl::string_view title) {
  const double room = (kPlotWidth - 2 * kSide) / kBoldWidth;
  std::vector<std::string> lines = {""};
  for (const absl::string_view word :
       absl::StrSplit(title, ' ', absl::SkipEmpty())) {
    // The last line is cut off below.
    if (lines.size() == kMaxTitleLines &&
        EstimateTextWidth(lines.back(), kTitleSize) > room) {
      break;
    }
    const std::string longer = lines.back().empty()
                                   ? std::string(word)
                                   : absl::StrCat(lines.back(), " ", word);
    if (lines.back().empty() || lines.size() == kMaxTitleLines ||
        EstimateTextWidth(longer, kTitleSize) <= room) {
      lines.back() = longer;
    } else {
      lines.emplace_back(word);
    }
  }
  for (std::string& line : lines) line = ShortenText(line, kTitleSize, room);
  return lines;
}

}  // namespace

std::size_t SeriesDash(std::size_t index) {
  return (index + index / kStyles) % kStyles;
}

std::size_t SeriesShape(std::size_t index) {
  return (index + 3 * (index / kStyles)) % kStyles;
}

Svg::Svg(PlotText text) : text_(std::move(text)) { Title(text_.title); }

void Svg::Title(absl::string_view title) {
  TextStyle style;
  style.font_size = kTitleSize;
  style.is_bold = true;
  for (const std::string& line : TitleLines(title)) {
    top_ += kTitleLine;
    Text({kSide, top_}, line, style);
  }
  top_ += 10;
}

void Svg::Text(Point at, absl::string_view text, const TextStyle& style) {
  const bool is_muted = style.ink == Ink::kMuted;
  absl::StrAppend(
      &body_, "<text class=\"", is_muted ? "plot-muted" : "plot-ink",
      style.has_halo ? " plot-halo" : "", "\" x=\"", Number(at.x), "\" y=\"",
      Number(at.y), "\" fill=\"", is_muted ? kMutedColour : kInkColour, "\"");
  if (style.has_halo) {
    absl::StrAppend(&body_,
                    " stroke=\"#ffffff\" stroke-width=\"4\" "
                    "stroke-linejoin=\"round\" paint-order=\"stroke\"");
  }
  if (style.font_size != 13) {
    absl::StrAppend(&body_, " font-size=\"", Number(style.font_size), "\"");
  }
  if (style.anchor != Anchor::kStart) {
    absl::StrAppend(&body_, " text-anchor=\"",
                    style.anchor == Anchor::kEnd ? "end" : "middle", "\"");
  }
  if (style.is_bold) absl::StrAppend(&body_, " font-weight=\"bold\"");
  if (style.rotation_degrees != 0) {
    absl::StrAppend(&body_, " transform=\"rotate(",
                    Number(style.rotation_degrees), " ", Number(at.x), " ",
                    Number(at.y), ")\"");
  }
  absl::StrAppend(&body_, ">", EscapeMarkup(text), "</text>\n");
}

void Svg::Segment(Point from, Point to, absl::string_view attributes) {
  absl::StrAppend(&body_, "<line x1=\"", Number(from.x), "\" y1=\"",
                  Number(from.y), "\" x2=\"", Number(to.x), "\" y2=\"",
                  Number(to.y), "\" ", attributes, "/>\n");
}

void Svg::GridLine(Point from, Point to) {
  Segment(from, to, "class=\"plot-grid\" stroke=\"#dcdcdc\"");
}

void Svg::AxisLine(Point from, Point to) {
  Segment(from, to,
          absl::StrCat("class=\"plot-axis\" stroke=\"", kMutedColour, "\""));
}

void Svg::DashedLine(Point from, Point to) {
  Segment(from, to,
          absl::StrCat("class=\"plot-axis\" stroke=\"", kMutedColour,
                       "\" stroke-dasharray=\"4 4\""));
}

void Svg::BeginSeries(std::size_t index) {
  const std::size_t colour = index % kStyles;
  absl::StrAppend(&body_, "<g class=\"plot-series-", colour, "\" color=\"",
                  kColours[colour], "\">\n");
}

void Svg::EndSeries() { absl::StrAppend(&body_, "</g>\n"); }

void Svg::Line(Point from, Point to, double width) {
  Segment(from, to,
          absl::StrCat("stroke=\"currentColor\" stroke-width=\"", Number(width),
                       "\""));
}

void Svg::Path(absl::Span<const Point> points, std::size_t dash) {
  std::string attributes =
      "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" "
      "stroke-linejoin=\"round\"";
  const absl::string_view pattern = kDashes[dash % kStyles];
  if (!pattern.empty()) {
    absl::StrAppend(&attributes, " stroke-dasharray=\"", pattern, "\"");
  }
  absl::StrAppend(&body_, PathElement(PathData(points), attributes));
}

void Svg::Band(absl::Span<const Point> outline) {
  absl::StrAppend(&body_,
                  PathElement(absl::StrCat(PathData(outline), "z"),
                              "fill=\"currentColor\" fill-opacity=\"0.15\""));
}

void Svg::Marker(Point at, std::size_t shape, bool is_filled,
                 absl::string_view tip) {
  const Shape& drawn = kShapes[shape % kStyles];
  const bool has_area = is_filled && !drawn.is_open;
  absl::StrAppend(&body_, "<path d=\"M", Number(at.x), " ", Number(at.y),
                  drawn.path, "\" ",
                  drawn.is_open ? "fill=\"none\""
                  : has_area    ? "fill=\"currentColor\""
                                : "class=\"plot-hollow\" fill=\"#ffffff\"",
                  " stroke=\"currentColor\" stroke-width=\"",
                  is_filled ? "1.5" : "1.8", "\"");
  if (tip.empty()) {
    absl::StrAppend(&body_, "/>\n");
  } else {
    absl::StrAppend(&body_, "><title>", EscapeMarkup(tip), "</title></path>\n");
  }
}

void Svg::Cell(Point corner, double width, double height,
               absl::string_view fill) {
  absl::StrAppend(&body_, "<rect x=\"", Number(corner.x), "\" y=\"",
                  Number(corner.y), "\" width=\"", Number(width),
                  "\" height=\"", Number(height), "\" fill=\"", fill,
                  "\" stroke=\"#ffffff\"/>\n");
}

void Svg::UpMark(Point at) {
  absl::StrAppend(&body_, "<path d=\"M", Number(at.x), " ", Number(at.y),
                  "m0 -7l4.5 7h-9z\" fill=\"#000000\"/>\n");
}

void Svg::DownMark(Point at) {
  absl::StrAppend(&body_, "<path d=\"M", Number(at.x), " ", Number(at.y),
                  "l4.5 -7h-9z\" fill=\"#ffffff\" stroke=\"#000000\"/>\n");
}

void Svg::CellText(Point at, absl::string_view text, bool is_bold) {
  absl::StrAppend(&body_, "<text x=\"", Number(at.x), "\" y=\"", Number(at.y),
                  "\" fill=\"#000000\" font-size=\"12\" "
                  "text-anchor=\"middle\"",
                  is_bold ? " font-weight=\"bold\"" : "", ">",
                  EscapeMarkup(text), "</text>\n");
}

void Svg::Frame(Point corner, double width, double height) {
  absl::StrAppend(&body_, "<rect class=\"plot-frame\" x=\"", Number(corner.x),
                  "\" y=\"", Number(corner.y), "\" width=\"", Number(width),
                  "\" height=\"", Number(height), "\" fill=\"none\" stroke=\"",
                  kInkColour, "\" stroke-width=\"2\"/>\n");
}

void Svg::AddToDescription(absl::string_view sentence) {
  absl::StrAppend(&text_.description, text_.description.empty() ? "" : " ",
                  sentence);
}

std::string Svg::Finish(double height) const {
  const std::string id = MarkupId(absl::StrCat("plot-", text_.id));
  const std::string size =
      absl::StrCat(Number(kPlotWidth), "\" height=\"", Number(height));
  return absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" width=\"", size,
      "\" viewBox=\"0 0 ", Number(kPlotWidth), " ", Number(height),
      "\" role=\"img\" aria-labelledby=\"", id, "-title ", id,
      "-description\" font-family=\"Helvetica, Arial, 'DejaVu Sans', "
      "sans-serif\" font-size=\"13\">\n<title id=\"",
      id, "-title\">", EscapeMarkup(text_.title), "</title>\n<desc id=\"", id,
      "-description\">", EscapeMarkup(text_.description),
      "</desc>\n<rect class=\"plot-paper\" width=\"", size,
      "\" fill=\"#ffffff\"/>\n", body_, "</svg>\n");
}

}  // namespace culturemert

// One drawing as SVG 1.1, with fixed bytes: no scripts, no links, no fonts or
// style sheets from elsewhere.
//
// Colours are presentation attributes, which every viewer knows; a page that
// shows the drawing inline may override them by class: plot-paper, plot-hollow
// and plot-halo (of the paper's colour), plot-ink, plot-muted, plot-grid,
// plot-axis, plot-frame, and plot-series-0 to plot-series-7 (whose `color` all
// parts of a series inherit). What a colour says is always said by a shape, a
// dash or a text too.

#ifndef CULTUREMERT_REPORTS_PLOTS_SVG_H_
#define CULTUREMERT_REPORTS_PLOTS_SVG_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// What every plot has to say of itself.
struct PlotText {
  std::string id;           // Unique in a page: letters, digits and '-'.
  std::string title;        // Drawn above the plot.
  std::string description;  // For those who cannot see it: what it shows.
};

struct Point {
  double x = 0;
  double y = 0;
};

// Where a text's point is in it.
enum class Anchor { kStart, kMiddle, kEnd };

enum class Ink { kInk, kMuted };

struct TextStyle {
  Anchor anchor = Anchor::kStart;
  Ink ink = Ink::kInk;
  double font_size = 13;
  bool is_bold = false;
  bool has_halo = false;        // Of the paper's colour: readable on lines.
  double rotation_degrees = 0;  // Clockwise, about the point.
};

inline constexpr double kPlotWidth = 440;
inline constexpr double kSmallFontSize = 12;

class Svg {
 public:
  // A drawing kPlotWidth wide with the title at its top.
  explicit Svg(PlotText text);

  // Where the plot begins below the title.
  double top() const { return top_; }

  void Text(Point at, absl::string_view text, const TextStyle& style = {});
  void GridLine(Point from, Point to);
  void AxisLine(Point from, Point to);
  void DashedLine(Point from, Point to);

  // Elements until EndSeries are of series `index` and have its colour; colours
  // repeat after eight.
  void BeginSeries(std::size_t index);
  void EndSeries();

  // In the series' colour.
  void Line(Point from, Point to, double width = 1.5);
  void Path(absl::Span<const Point> points, std::size_t dash);
  void Band(absl::Span<const Point> outline);
  // A shape about 8 wide, of eight, filled or hollow; `tip` is shown under a
  // mouse, empty: none.
  void Marker(Point at, std::size_t shape, bool is_filled,
              absl::string_view tip);

  // A cell filled with a light colour "#rrggbb", that black text is readable
  // on.
  void Cell(Point corner, double width, double height, absl::string_view fill);
  // A triangle in a corner of a cell: which way a number goes.
  void UpMark(Point at);
  void DownMark(Point at);
  // Text on a cell, black on all pages.
  void CellText(Point at, absl::string_view text, bool is_bold);
  void Frame(Point corner, double width, double height);

  // What to add to the description, as a sentence.
  void AddToDescription(absl::string_view sentence);

  // The whole file, `height` high, with a line feed at its end.
  std::string Finish(double height) const;

 private:
  void Segment(Point from, Point to, absl::string_view attributes);
  void Title(absl::string_view title);

  PlotText text_;
  double top_ = 0;
  std::string body_;
};

// The dash and the shape that series `index` has beside its colour: no two of
// 64 neighbours agree in all three.
std::size_t SeriesDash(std::size_t index);
std::size_t SeriesShape(std::size_t index);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_SVG_H_

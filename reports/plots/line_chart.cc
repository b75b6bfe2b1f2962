#include "reports/plots/line_chart.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"
#include "reports/plots/characters.h"
#include "reports/plots/legend.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kRight = kPlotWidth - 14;
constexpr double kHeight = 250;
constexpr double kAxisRoom = 44;
constexpr std::size_t kMostShownPoints = 40;
constexpr std::size_t kShapesOnLongLine = 8;
constexpr int kMaxXTicks = 7;
constexpr int kMaxYTicks = 7;

struct DataPoint {
  double x = 0;
  double y = 0;
  std::optional<double> low;
  std::optional<double> high;
};

bool IsShown(double x, double y, AxisKind kind) {
  return IsDrawable(x) && IsDrawable(y) &&
         (kind != AxisKind::kLogarithmic || x > 0);
}

// Those that can be drawn, from left to right.
std::vector<DataPoint> PointsOf(const ChartLine& line, AxisKind kind) {
  std::vector<DataPoint> points;
  for (std::size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i) {
    if (!IsShown(line.x[i], line.y[i], kind)) continue;
    DataPoint point = {line.x[i], line.y[i], {}, {}};
    if (i < line.low.size() && i < line.high.size() &&
        IsDrawable(line.low[i]) && IsDrawable(line.high[i])) {
      point.low = line.low[i];
      point.high = line.high[i];
    }
    points.push_back(point);
  }
  std::stable_sort(
      points.begin(), points.end(),
      [](const DataPoint& a, const DataPoint& b) { return a.x < b.x; });
  return points;
}

class LineChartDrawing {
 public:
  explicit LineChartDrawing(const LineChart& chart)
      : chart_(chart), svg_(chart.text) {
    for (const ChartLine& line : chart.lines) {
      lines_.push_back(PointsOf(line, chart.x_kind));
      left_out_ +=
          std::max(line.x.size(), line.y.size()) - lines_.back().size();
    }
    top_ = svg_.top() + 22;
    bottom_ = top_ + kHeight;
  }

  std::string Draw() {
    MakeAxes();
    DrawAxes();
    DrawReferences();
    for (std::size_t i = 0; i < lines_.size(); ++i) DrawSeries(i);
    if (left_out_ > 0) {
      svg_.AddToDescription(
          absl::StrCat("Points that could not be drawn: ", left_out_, "."));
    }
    return svg_.Finish(DrawLegend(svg_, bottom_ + kAxisRoom, Legend()) + 6);
  }

 private:
  void MakeAxes() {
    DataRange x;
    DataRange y;
    for (const std::vector<DataPoint>& points : lines_) {
      for (const DataPoint& point : points) {
        x.Add(point.x);
        y.Add(point.y);
        if (!point.low.has_value()) continue;
        y.Add(*point.low);
        y.Add(*point.high);
      }
    }
    for (const ReferenceLine& line : chart_.references) y.Add(line.y);
    y_ = Axis(y.Widened(0.06), AxisKind::kLinear, bottom_, top_, kMaxYTicks);
    double widest = 0;
    for (const Tick& tick : y_->ticks()) {
      widest = std::max(widest, EstimateTextWidth(tick.text, kSmallFontSize));
    }
    left_ = 16 + widest;
    const bool is_logarithmic = chart_.x_kind == AxisKind::kLogarithmic;
    x_ = Axis(x.Widened(is_logarithmic ? 0 : 0.02), chart_.x_kind, left_ + 6,
              kRight - 6, kMaxXTicks);
  }

  void DrawAxes() {
    TextStyle style;
    style.font_size = kSmallFontSize;
    svg_.Text({8, top_ - 8},
              ShortenText(chart_.y_label, kSmallFontSize, kPlotWidth - 16),
              style);
    style.ink = Ink::kMuted;
    style.anchor = Anchor::kEnd;
    for (const Tick& tick : y_->ticks()) {
      const double y = y_->Place(tick.value);
      svg_.GridLine({left_, y}, {kRight, y});
      svg_.Text({left_ - 6, y + 4}, tick.text, style);
    }
    style.anchor = Anchor::kMiddle;
    double free_from = 0;
    for (const Tick& tick : x_->ticks()) {
      const double x = x_->Place(tick.value);
      svg_.AxisLine({x, bottom_}, {x, bottom_ + 4});
      const double half = EstimateTextWidth(tick.text, kSmallFontSize) / 2;
      if (x - half < free_from) continue;
      svg_.Text({x, bottom_ + 18}, tick.text, style);
      free_from = x + half + 6;
    }
    svg_.AxisLine({left_, bottom_}, {kRight, bottom_});
    style.ink = Ink::kInk;
    svg_.Text({(left_ + kRight) / 2, bottom_ + 36},
              ShortenText(chart_.x_label, kSmallFontSize, kRight - left_),
              style);
  }

  Point Place(double x, double y) const { return {x_->Place(x), y_->Place(y)}; }

  void DrawSeries(std::size_t index) {
    const std::vector<DataPoint>& points = lines_[index];
    const bool is_long = points.size() > kMostShownPoints;
    svg_.BeginSeries(index);
    is_long ? DrawBand(points) : DrawWhiskers(points);
    std::vector<Point> path;
    for (const DataPoint& point : points)
      path.push_back(Place(point.x, point.y));
    if (path.size() > 1) svg_.Path(path, SeriesDash(index));
    const std::size_t every =
        is_long ? std::max<std::size_t>(1, points.size() / kShapesOnLongLine)
                : 1;
    // Lines that run together keep their shapes apart.
    const std::size_t first = is_long ? (index * every / 4) % every : 0;
    for (std::size_t i = first; i < points.size(); i += every) {
      svg_.Marker(path[i], SeriesShape(index), true, Tip(index, points[i]));
    }
    svg_.EndSeries();
  }

  std::string Tip(std::size_t index, const DataPoint& point) const {
    return absl::StrCat(chart_.lines[index].label, ": ", ShortText(point.x, 4),
                        ", ", ShortText(point.y, 4));
  }

  // Without the zeros at their end.
  static std::string ShortText(double value, int decimals) {
    std::string text = FixedText(value, decimals);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  }

  void DrawWhiskers(const std::vector<DataPoint>& points) {
    for (const DataPoint& point : points) {
      if (!point.low.has_value()) continue;
      const Point low = Place(point.x, *point.low);
      const Point high = Place(point.x, *point.high);
      svg_.Line(low, high);
      svg_.Line({low.x - 4, low.y}, {low.x + 4, low.y});
      svg_.Line({high.x - 4, high.y}, {high.x + 4, high.y});
    }
  }

  void DrawBand(const std::vector<DataPoint>& points) {
    std::vector<Point> outline;
    for (const DataPoint& point : points) {
      if (point.low.has_value()) outline.push_back(Place(point.x, *point.low));
    }
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      if (!point->high.has_value()) continue;
      outline.push_back(Place(point->x, *point->high));
    }
    if (outline.size() > 2) svg_.Band(outline);
  }

  void DrawReferences() {
    for (const ReferenceLine& line : chart_.references) {
      if (!IsDrawable(line.y)) continue;
      const double y = y_->Place(line.y);
      svg_.DashedLine({left_, y}, {kRight, y});
    }
  }

  // The values tell dashed lines apart.
  std::vector<LegendEntry> Legend() const {
    std::vector<LegendEntry> entries;
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      entries.push_back({chart_.lines[i].label, i, true, true, true, false});
    }
    for (const ReferenceLine& line : chart_.references) {
      if (!IsDrawable(line.y)) continue;
      entries.push_back({absl::StrCat(line.label, ": ", ShortText(line.y, 2)),
                         0, false, false, false, true});
    }
    return entries;
  }

  const LineChart& chart_;
  Svg svg_;
  std::vector<std::vector<DataPoint>> lines_;
  std::size_t left_out_ = 0;
  std::optional<Axis> x_;
  std::optional<Axis> y_;
  double top_ = 0;
  double bottom_ = 0;
  double left_ = 0;
};

}  // namespace

std::string DrawLineChart(const LineChart& chart) {
  return LineChartDrawing(chart).Draw();
}

}  // namespace culturemert

#include "experiments/training/stop_signals.h"

#include <csignal>

namespace culturemert {
namespace {

volatile std::sig_atomic_t received_signal = 0;

void Note(int signal) {
  received_signal = signal;
  // The next one is not caught.
  std::signal(signal, SIG_DFL);
}

}  // namespace

StopSignals::StopSignals() {
  received_signal = 0;
  std::signal(SIGTERM, Note);
  std::signal(SIGINT, Note);
}

StopSignals::~StopSignals() {
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
}

int StopSignals::received() const { return received_signal; }

}  // namespace culturemert

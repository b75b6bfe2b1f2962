// SIGTERM and SIGINT ask for an orderly end: Slurm before it takes a machine
// away, a person at the keyboard.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_STOP_SIGNALS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_STOP_SIGNALS_H_

namespace culturemert {

// While one lives, the first of the signals is noted, and a second ends the
// process as it would without this. One at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // The signal that came; 0 if none did.
  int received() const;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_STOP_SIGNALS_H_

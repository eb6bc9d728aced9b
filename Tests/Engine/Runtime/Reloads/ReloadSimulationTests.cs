using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Tests.Simulation;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.Reloads.ReloadFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>Reloads at random moments to random plans, with crashes and a failing store before, in and after them: nothing is
/// lost or released twice, no window is released in part, and bounds hold. <c>AKKAPRIVACY_SIM_SEEDS</c> and
/// <c>AKKAPRIVACY_SIM_FIRST</c> as for the simulation.</summary>
public sealed class ReloadSimulationTests
{
    private const int Hours = 52;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Nothing_is_lost_or_released_twice_or_in_part()
    {
        for (var seed = Setting("AKKAPRIVACY_SIM_FIRST", 1); seed < Setting("AKKAPRIVACY_SIM_FIRST", 1) + Setting("AKKAPRIVACY_SIM_SEEDS", 10); seed++)
        {
            var given = new Case(seed);
            try
            {
                await given.RunAsync();
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed} failed. Replay: AKKAPRIVACY_SIM_FIRST={seed} AKKAPRIVACY_SIM_SEEDS=1\n{string.Join('\n', given.Log)}\n{exception}");
            }
        }
    }

    private static int Setting(string name, int fallback) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    private sealed class Case
    {
        private readonly ReloadFixture _fixture = new(Hours);
        private readonly Random _random;
        private readonly long[] _rows;
        private readonly StoppingSource.Stops _stops;
        private SimFaults? _faults;
        private PipelineGraph _current;
        private PipelineGraph _other;
        private IPipelineRun _run;

        public Case(int seed)
        {
            _random = new Random(seed);
            _rows = [.. Enumerable.Range(2, (Hours * 2) - 4).Select(step => step * 5L).OrderBy(_ => _random.Next()).Take(8).Order()];
            _stops = new StoppingSource.Stops(_rows);
            _fixture.Runtime.Wrap = store => new LateStore(store, () => _faults);
            _current = _other = Draw();
            _run = _fixture.Start(_current);
        }

        public List<string> Log { get; } = [];

        public async Task RunAsync()
        {
            foreach (var row in _rows)
            {
                await WhenAsync(_stops.Reached(row));
                if (_random.Next(4) == 0)
                {
                    Log.Add($"{row}: crash");
                    _run.KillSwitch.Abort(new InvalidOperationException("crash"));
                    _stops.Open(row);
                }
                else
                {
                    await ReloadAsync(row);
                }
            }

            await WhenAsync(null);
            await CheckAsync();
        }

        private PipelineGraph Draw() => _fixture.Graph(_stops, [
            Users("a"),
            .. new[] { Users("b", 12, hours: 2), Users("c", 8, hours: 3), Users("d"), Users("e", windows: 2), Bytes("f", windows: 2) }.Where(_ => _random.Next(2) == 0),
        ]);

        private async Task ReloadAsync(long row)
        {
            var (next, fault) = (Draw(), (SimFault)_random.Next(0, 4));
            _faults = new SimFaults(fault, fault == SimFault.StoreInside ? _random.Next(1, 80) : _random.Next(1, 8));
            var reload = _run.ReloadAsync(next, new ReloadOptions { DiscardOpenWindows = true });
            _stops.Open(row);
            try
            {
                var report = await reload.WaitAsync(Patience);
                Log.Add($"{row}: {fault}, {(report.Applied ? "applied" : string.Join("; ", report.Refusals))}: {string.Join(' ', report.Queries.Select(query => $"{query.Name} {query.Change}"))}");
                (_current, _other) = report.Applied ? (next, _current) : (_current, _other);
            }
            catch (Exception failure) when (failure is StoreException or PipelineException)
            {
                Log.Add($"{row}: {fault}, {failure.Message}");
                _other = next;
            }
        }

        // Starts again whatever ended early, with the plan that has the state.
        private async Task WhenAsync(Task? reached)
        {
            while (true)
            {
                var first = reached is null ? _run.Completion : await Task.WhenAny(reached, _run.Completion).WaitAsync(Patience);
                if (first == reached)
                {
                    _faults = null;
                    return;
                }

                try
                {
                    await _run.Completion.WaitAsync(Patience);
                    Assert.Null(reached);
                    return;
                }
                catch (Exception failure) when (failure is StoreException or PipelineException)
                {
                    Log.Add($"  ended: {failure.Message}");
                    _faults = null;
                    if (failure.Message.Contains("a reload put another plan", StringComparison.Ordinal))
                    {
                        (_current, _other) = (_other, _current);
                    }

                    _run = _fixture.Start(_current);
                }
            }
        }

        private async Task CheckAsync()
        {
            Assert.Equal(All(0, Hours), await _fixture.ReleasedAsync("a"));
            foreach (var query in new[] { "b", "c", "d" })
            {
                Assert.All(await _fixture.ReleasedAsync(query), window => Assert.Equal(10, window.Users));
            }

            foreach (var query in new[] { "e", "f" })
            {
                var released = await _fixture.ReleasedAsync(query);
                Assert.All(released, window => Assert.True(window.Users is 0 or 10));
                Assert.All(released.GroupBy(window => window.Hour / 24), day => Assert.InRange(day.Count(window => window.Users > 0), 0, 2));
            }
        }
    }
}

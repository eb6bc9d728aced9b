using System.Text.Json;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.SideOutputs;

public sealed class SideOutputFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_line_holds_place_window_and_source()
    {
        using (var file = Open())
        {
            file.Add(new DeadLetter(DeadLetterReason.AfterFiring, 2, 17, "")
            {
                Query = "visitors+1",
                Window = TimeWindow.Containing(1_767_225_600_000, 3_600_000),
                Source = "a \"log\"",
                Identity = "3:00",
                Run = 5,
            });
            file.Add(new DeadLetter(DeadLetterReason.DroppedByConsent, 0, 1, "f") { Window = new TimeWindow(long.MinValue, 0) });
        }

        Assert.Equal(
            [
                """{"reason":"after_firing","partition":2,"position":17,"field":"","query":"visitors\u002B1","window":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T01:00:00Z"},"source":"a \u0022log\u0022","identity":"3:00","run":5}""",
                """{"reason":"dropped_by_consent","partition":0,"position":1,"field":"f","run":0}""",
            ],
            File.ReadAllLines(_path));
    }

    [Fact]
    public void What_is_beyond_the_limit_is_counted_in_a_last_line()
    {
        using (var file = Open(maxLines: 3))
        {
            for (var line = 1; line <= 10; line++)
            {
                file.Add(new DeadLetter(line % 2 == 0 ? DeadLetterReason.Late : DeadLetterReason.Early, 0, line, "") { Run = 4 });
            }

            Assert.Equal((3, 7), (file.Lines, file.LeftOff));
        }

        var lines = File.ReadAllLines(_path);
        Assert.Equal(4, lines.Length);
        Assert.Equal("""{"left_off":{"late":4,"early":3},"run":4}""", lines[3]);
    }

    [Fact]
    public void A_flush_shows_what_was_added_and_a_torn_line_is_closed()
    {
        File.WriteAllText(_path, """{"reason":"la""");
        using var file = Open();
        file.Add(new DeadLetter(DeadLetterReason.Late, 0, 1, ""));
        file.Flush();
        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Equal("""{"reason":"la""", reader.ReadLine());
        Assert.Equal(1, JsonDocument.Parse(reader.ReadLine()!).RootElement.GetProperty("position").GetInt32());
    }

    [Fact]
    public void Places_take_no_memory_that_grows()
    {
        using var file = Open();
        var letter = new DeadLetter(DeadLetterReason.Late, 0, 1, "") { Window = new TimeWindow(0, 3_600_000), Source = "a.log", Identity = "" };
        for (var i = 0; i < 5_000; i++)
        {
            file.Add(letter);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5_000; i++)
        {
            file.Add(letter);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_refused_by_name()
    {
        var failure = Assert.Throws<SideOutputException>(() => SideOutputFile.Open(new SideOutputFileOptions { Path = Path.GetTempPath() }));
        Assert.Contains(Path.GetTempPath(), failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(maxLines: 0));
    }

    private SideOutputFile Open(long maxLines = 1000) => SideOutputFile.Open(new SideOutputFileOptions { Path = _path, MaxLines = maxLines });
}

using System.Text;
using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.JsonLines;

public sealed class JsonLinesSinkTests : IDisposable
{
    private static readonly Release First = Releases.Make(1, Releases.Group("/a", 5));
    private static readonly Release Second = Releases.Make(2, Releases.Group("/b", 6));
    private static readonly Release Empty = Releases.Make(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    private string FilePath => Path.Combine(_folder, "releases.jsonl");

    [Fact]
    public async Task LinesReadBackAsTheReleases()
    {
        await PublishAsync(First, Empty);

        var lines = await File.ReadAllLinesAsync(FilePath);
        Assert.Equal(First.Id, ReleaseJson.Read(Encoding.UTF8.GetBytes(lines[0])).Id);
        Assert.Empty(ReleaseJson.Read(Encoding.UTF8.GetBytes(lines[1])).Groups);
    }

    [Fact]
    public async Task PublishingAgainChangesNothing()
    {
        await PublishAsync(First, First, Second);
        var before = await File.ReadAllBytesAsync(FilePath);

        await PublishAsync(First, Second);

        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath));
        Assert.Equal(2, File.ReadLines(FilePath).Count());
    }

    [Fact]
    public async Task ALineTornAtAnyByteIsRepaired()
    {
        await PublishAsync(First, Second);
        var whole = await File.ReadAllBytesAsync(FilePath);
        var firstLine = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = firstLine; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(FilePath, whole[..length]);
            await PublishAsync(Second, Empty);

            Assert.Equal(whole, (await File.ReadAllBytesAsync(FilePath))[..whole.Length]);
            Assert.Equal(3, File.ReadLines(FilePath).Count());
        }
    }

    [Fact]
    public async Task WhatAnotherProcessAppendedMeanwhileIsNotWrittenOver()
    {
        await using var late = JsonLinesSink.ToFile(FilePath);
        await late.PublishAsync([First], CancellationToken.None);
        await PublishAsync(Second);
        var before = await File.ReadAllBytesAsync(FilePath);

        Assert.Contains("another process", (await Assert.ThrowsAsync<SinkException>(async () => await late.PublishAsync([Empty], CancellationToken.None))).Message);

        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath));
    }

    [Fact]
    public async Task AWholeLastLineWithoutEndingIsKept()
    {
        await PublishAsync(First);
        var whole = await File.ReadAllBytesAsync(FilePath);
        await File.WriteAllBytesAsync(FilePath, whole[..^1]);

        await PublishAsync(Second);

        Assert.Equal(whole, (await File.ReadAllBytesAsync(FilePath))[..whole.Length]);
    }

    [Theory]
    [InlineData("shopping list\nmilk\n")]
    [InlineData("milk")]
    [InlineData("{\"id\":\"x\"}\n")]
    [InlineData("\n")]
    public async Task AFileOfSomeoneElseIsNotTouched(string content)
    {
        await File.WriteAllTextAsync(FilePath, content);

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(First));

        Assert.Contains(FilePath, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("milk", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task AFullDiskNamesTheFileAndWhatIsKept()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        var failure = await Assert.ThrowsAsync<SinkException>(async () =>
        {
            await using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            await using var sink = JsonLinesSink.ToStream(file);
            await sink.PublishAsync([First], default);
        });

        Assert.Contains("stay in the store", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingDirectoryIsASinkFailure()
    {
        await using var sink = JsonLinesSink.ToFile(Path.Combine(_folder, "none", "x.jsonl"));

        var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([First], default));

        Assert.Contains(Path.Combine(_folder, "none"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamGetsEachReleaseOnceAndStaysOpen()
    {
        using var stream = new MemoryStream();
        await using (var sink = JsonLinesSink.ToStream(stream))
        {
            await sink.PublishAsync([First], default);
            await sink.PublishAsync([First, Second], default);
        }

        Assert.Equal(2, Encoding.UTF8.GetString(stream.ToArray()).Count(letter => letter == '\n'));
        Assert.True(stream.CanWrite);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task PublishAsync(params Release[] releases)
    {
        await using var sink = JsonLinesSink.To(FilePath);
        await sink.PublishAsync(releases, default);
    }
}

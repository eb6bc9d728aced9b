using System.Text;
using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Singleton;

/// <summary>What version 1 wrote is read for ever.</summary>
public sealed class MachineFormatTests
{
    private static readonly MachineFormat<OwnerState, OwnerCommand, OwnerEvent> Format = PipelineOwner.Format();

    [Theory]
    [InlineData("""{"$type":"assigned","plan":"h","pipeline":"p","node":"n#1","epoch":3}""")]
    [InlineData("""{"$type":"released","pipeline":"p","node":"n#1","epoch":3}""")]
    [InlineData("""{"$type":"lost","pipeline":"p","node":"n#1","epoch":3}""")]
    public void Stored_events_of_version_1_are_read_and_written_alike(string json)
    {
        var happened = Format.Read(new MachineEvent("pipeline-owner", 1, Encoding.UTF8.GetBytes(json)));
        Assert.Equal(("p", "n#1", 3), (happened.Pipeline, happened.Node, happened.Epoch));
        Assert.Equal(json, Encoding.UTF8.GetString(Format.Event(happened).Json));
    }

    [Fact]
    public void Stored_states_of_version_1_are_read_and_written_alike()
    {
        const string Json = """{"pipelines":{"p":{"node":"n#1","epoch":3,"plan":"h"},"q":{"node":null,"epoch":1,"plan":"i"}}}""";
        var state = Format.Read(new MachineSnapshot("pipeline-owner", 1, Encoding.UTF8.GetBytes(Json)));
        Assert.Equal(new PipelineOwnership("n#1", 3, "h"), state.Pipelines["p"]);
        Assert.Equal(Json, Encoding.UTF8.GetString(Format.Snapshot(state).Json));
    }

    [Theory]
    [InlineData("pipeline-owner", 2, """{"$type":"lost","pipeline":"p","node":"n","epoch":3}""")]
    [InlineData("pipeline-owner", 0, """{"$type":"lost","pipeline":"p","node":"n","epoch":3}""")]
    [InlineData("another", 1, """{"$type":"lost","pipeline":"p","node":"n","epoch":3}""")]
    [InlineData("pipeline-owner", 1, """{"$type":"unheard","pipeline":"p","node":"n","epoch":3}""")]
    [InlineData("pipeline-owner", 1, """{"pipeline":"p","node":"n","epoch":3}""")]
    [InlineData("pipeline-owner", 1, """{"$type":"lost","pipeline":"p","epoch":3}""")]
    [InlineData("pipeline-owner", 1, """{"$type":"lost","pipeline":null,"node":"n","epoch":3}""")]
    [InlineData("pipeline-owner", 1, """{"$type":"lost","pipeline":"p","node":"n","epoch":3,"more":1}""")]
    [InlineData("pipeline-owner", 1, "null")]
    [InlineData("pipeline-owner", 1, "{")]
    public void What_is_not_in_the_format_is_refused(string machine, int version, string json) =>
        Assert.Throws<MachineFormatException>(() => Format.Read(new MachineEvent(machine, version, Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void A_command_of_another_size_or_version_is_refused()
    {
        Assert.Throws<MachineFormatException>(() => Format.Read(new MachineCommand("pipeline-owner", 1, new byte[64 * 1024 + 1])));
        Assert.Throws<MachineFormatException>(() => Format.Read(Format.Command(new ReportLost("n")) with { Version = 2 }));
    }
}

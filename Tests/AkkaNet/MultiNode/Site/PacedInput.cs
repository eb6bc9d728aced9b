using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>A file that nodes follow and a test pours windows into. Nothing can be released that was not poured, so a test
/// says how far the pipeline gets, and not the speed of the machine.</summary>
internal sealed class PacedInput
{
    private readonly SiteInput _whole;
    private readonly string _file;

    public PacedInput(SiteInput whole, string file)
    {
        (_whole, _file) = (whole, file);
        File.WriteAllBytes(file, []);
    }

    /// <summary>How many windows are in the file.</summary>
    public int Poured { get; private set; }

    public int Left => _whole.Windows - Poured;

    /// <summary>How many releases follow from what was poured: a window fires when a row behind it has come.</summary>
    public int Due => Math.Max(0, Poured - 1) * SiteText.Queries;

    public void Pour(int windows)
    {
        Assert.True(windows <= Left, $"{windows} windows are wanted, and {Left} of {_whole.Windows} are left.");
        if (windows > 0)
        {
            _whole.Append(_file, Poured, windows);
            Poured += windows;
        }
    }
}

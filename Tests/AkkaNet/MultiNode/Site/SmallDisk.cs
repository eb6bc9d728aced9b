using AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>A small disk in memory over an empty folder, which can be filled and freed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    public SmallDisk(WatchdogFixture fixture, string folder)
    {
        _folder = folder;
        fixture.Watchdog.AtTheEnd($"umount -l '{folder}'");
        var (code, error) = NetworkLab.Run("mount", $"-t tmpfs -o size=48m tmpfs {folder}");
        Assert.True(code == 0, error);
    }

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // It is full, as it should be.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => NetworkLab.Run("umount", $"-l {_folder}");
}

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Folders for readers that want a file: in memory where the system has such a place, because they are written for each input.</summary>
internal static class FuzzFolder
{
    private const string InMemory = "/dev/shm";

    /// <summary>Makes a folder, removed when the process ends.</summary>
    /// <returns>Its path.</returns>
    public static string New()
    {
        var parent = Directory.Exists(InMemory) ? InMemory : Path.GetTempPath();
        var folder = Path.Combine(parent, $"akkaprivacy-fuzz-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
